import Secrets

/// The JSON in which the container's endpoint and the instance metadata give credentials.
enum AWSCredentialDocument {
    static func read(_ body: [UInt8]) throws(AWSFault) -> AWSCredentials {
        guard let json = try? StrictJSON(body),
            let id = json.member(json.root, "AccessKeyId").flatMap(json.string),
            let key = json.member(json.root, "SecretAccessKey").flatMap(json.utf8), !id.isEmpty, !key.isEmpty
        else { throw .unavailable(reason: "the credential endpoint answered without credentials") }
        let expiry = json.member(json.root, "Expiration").flatMap(json.string)
        return AWSCredentials(
            accessKeyID: id, secretAccessKey: SecretBytes(key),
            sessionToken: json.member(json.root, "Token").flatMap(json.utf8).map { SecretBytes($0) },
            expiresAt: expiry.flatMap(AWSTimestamp.seconds))
    }
}

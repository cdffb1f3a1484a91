/// The role of an EC2 instance, by IMDSv2: each look begins with a session token that a request forged from outside
/// (by a proxy or a page) can't get.
struct AWSInstanceMetadata: Sendable, Hashable {
    let endpoint: String

    init(_ setting: (String) -> String?) throws(AWSFault) {
        guard let endpoint = AWSEndpoint(setting("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254")
        else {
            throw .noCredentials(reason: "AWS_EC2_METADATA_SERVICE_ENDPOINT is no http or https address")
        }
        self.endpoint = endpoint.url
    }

    func load(_ exchange: AWSCredentialExchange) async throws(AWSFault) -> AWSCredentials {
        let place = "the instance metadata"
        let token = String(
            decoding: try await exchange.fetch(
                "PUT", endpoint + "/latest/api/token", headers: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")],
                from: place), as: UTF8.self)
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .unavailable(reason: "\(place) gave no session token")
        }
        let headers = [("x-aws-ec2-metadata-token", token)]
        let base = endpoint + "/latest/meta-data/iam/security-credentials/"
        let list = String(decoding: try await exchange.fetch("GET", base, headers: headers, from: place), as: UTF8.self)
        guard let role = list.split(whereSeparator: \.isNewline).first, role.utf8.allSatisfy(Self.isInRole) else {
            throw .noCredentials(reason: "this instance has no role")
        }
        return try AWSCredentialDocument.read(
            try await exchange.fetch("GET", base + role, headers: headers, from: place))
    }

    /// What IAM allows in a role's name: it becomes part of a path.
    private static func isInRole(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+=,.@-_".utf8.contains(byte)
        }
    }
}

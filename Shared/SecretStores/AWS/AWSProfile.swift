import Secrets

/// A profile of AWS's shared files, with the keys standing in it. Profiles that run a program, sign in by SSO or take
/// on a role are refused by name: a service has no browser, and starts no programs for a file's sake.
struct AWSProfile: Sendable, Hashable {
    let name: String
    /// By `AWS_PROFILE`: then it must be there.
    let isNamed: Bool
    let credentialsFile: String
    let configurationFile: String

    /// nil where neither a file is named nor a home folder known.
    init?(_ setting: (String) -> String?) {
        let home = setting("HOME").map { $0 + "/.aws/" }
        guard let credentials = setting("AWS_SHARED_CREDENTIALS_FILE") ?? home.map({ $0 + "credentials" }),
            let configuration = setting("AWS_CONFIG_FILE") ?? home.map({ $0 + "config" })
                ?? setting("AWS_SHARED_CREDENTIALS_FILE")
        else { return nil }
        credentialsFile = credentials
        configurationFile = configuration
        isNamed = setting("AWS_PROFILE") != nil
        name = setting("AWS_PROFILE") ?? "default"
    }

    /// - Returns: nil where no file has the profile and nobody named it.
    func load() async throws(AWSFault) -> AWSCredentials? {
        let credentials = try await section(name, of: credentialsFile)
        let configuration = try await section(name == "default" ? name : "profile \(name)", of: configurationFile)
        guard credentials != nil || configuration != nil else {
            guard isNamed else { return nil }
            throw .noCredentials(
                reason: "the profile of AWS_PROFILE is neither in \(credentialsFile) nor in \(configurationFile)")
        }
        let values = (configuration ?? [:]).merging(credentials ?? [:]) { $1 }
        if let id = values["aws_access_key_id"], let key = values["aws_secret_access_key"] {
            return AWSCredentials(
                accessKeyID: id, secretAccessKey: SecretBytes(utf8: key),
                sessionToken: values["aws_session_token"].map { SecretBytes(utf8: $0) }, expiresAt: nil)
        }
        for (member, what) in Self.refused where values[member] != nil {
            throw .noCredentials(reason: "profile \(name) wants \(what), which is not supported; give it keys")
        }
        guard isNamed else { return nil }
        throw .noCredentials(reason: "profile \(name) has no aws_access_key_id with aws_secret_access_key")
    }

    private static let refused = [
        ("credential_process", "a program (credential_process)"), ("sso_session", "a sign-in (sso_session)"),
        ("sso_start_url", "a sign-in (sso_start_url)"), ("role_arn", "a role (role_arn)"),
    ]

    private func section(_ name: String, of path: String) async throws(AWSFault) -> [String: String]? {
        switch await FileSource(path: path).read() {
        case .found(let bytes, _): Self.section(name, of: bytes.text)
        case .absent: nil
        case .denied(let reason): throw .noCredentials(reason: "\(path): \(reason)")
        case .unavailable(let reason): throw .unavailable(reason: "\(path): \(reason)")
        case .staged, .reference: nil
        }
    }

    /// The members of `[name]`; nil where there is no such section. Lines that are indented belong to a member that
    /// holds a list, and are skipped.
    static func section(_ name: String, of text: String) -> [String: String]? {
        var found: [String: String]?
        var isInside = false
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("[") {
                let title = line.dropFirst().prefix { $0 != "]" }.split(whereSeparator: \.isWhitespace)
                isInside = title.joined(separator: " ") == name
                if isInside { found = found ?? [:] }
            } else if isInside, let first = line.first, !"#; \t".contains(first),
                let equals = line.firstIndex(of: "=")
            {
                let value = line[line.index(after: equals)...]
                found?[line[..<equals].trimmed.lowercased()] = value.trimmed
            }
        }
        return found
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

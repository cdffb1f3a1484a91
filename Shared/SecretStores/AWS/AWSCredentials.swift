import Secrets

/// What signs a request to AWS. No print of it shows the key or the session token.
struct AWSCredentials: Sendable, Hashable {
    let accessKeyID: String
    let secretAccessKey: SecretBytes
    /// Temporary credentials come with one, and are good for nothing without it.
    let sessionToken: SecretBytes?
    /// Seconds since the epoch; nil for a key that lives until somebody deletes it.
    let expiresAt: Int64?
}

extension SecretBytes {
    /// For a header that must carry it; never for a message.
    var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

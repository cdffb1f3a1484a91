package import Secrets

/// `DATABASE_URL` and `DATABASE_PASSWORD[_FILE]`, of a service that owns a database.
package struct DatabaseAccess: Sendable {
    /// Not looked at: what it may be is the storage's business.
    package let url: String
    /// Of a URL that has none itself.
    package let password: SecretBytes?

    /// Faults stay in the reader.
    package init(reader: SettingsReader) {
        url = reader.require(
            "DATABASE_URL",
            mend: "Set sqlite:///ABSOLUTE/PATH on a volume that is kept, or postgres://USER@HOST/DATABASE; "
                + "each service has its own.")
        password = reader.secret("DATABASE_PASSWORD", minimumBytes: 1)
    }

    /// As the storage takes it.
    package var passwordText: String? {
        password.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    }
}

/// One version of a secret in the environment's store: what a manifest may say of it, and never its value.
package struct SecretVersion: Sendable, Hashable {
    package let name: String
    package let version: Int

    /// The version is part of the name where a target has no versions of its own, so that a service that was given
    /// another version is given another thing.
    var versionedName: String { "\(name)-v\(version)" }

    /// As an object's name, where only small letters, digits, hyphens and dots are allowed.
    var objectName: String {
        String(versionedName.lowercased().map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
    }
}

/// A variable with the stored secret that fills it.
package struct SecretBinding: Sendable, Hashable {
    package let variable: String
    package let secret: SecretVersion
}

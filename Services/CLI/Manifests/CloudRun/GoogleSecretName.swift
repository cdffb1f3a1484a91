import Evidence

/// One spelling for a secret of Google Secret Manager, so that two manifests that name one place give equal references.
enum GoogleSecretName {
    /// `NAME`, `PROJECT/NAME` or `projects/P/secrets/N[/versions/V]`.
    ///
    /// - Parameters:
    ///   - project: where the name stands without one and the manifest says elsewhere which it is.
    ///   - version: wins over one in the name; nil where the manifest names none.
    static func reference(_ name: String, project: String? = nil, version: String? = nil) -> SecretReference {
        var parts = name.split(separator: "/").map(String.init)
        var version = version
        if parts.count >= 4, parts[0] == "projects", parts[2] == "secrets" {
            if parts.count >= 6, parts[4] == "versions", version == nil { version = parts[5] }
            parts = [parts[1], parts[3]]
        }
        if parts.count == 1, let project, !project.isEmpty { parts.insert(project, at: 0) }
        return SecretReference(.google, parts.joined(separator: "/"), version: version)
    }
}

import Evidence

/// A secret of Google Secret Manager as a manifest names it, so that two manifests that name one place give equal
/// references.
enum GoogleSecretPlace {
    /// - Parameters:
    ///   - name: in any spelling of `GoogleSecretName`; one that it can't take apart stands for itself.
    ///   - project: where the name stands without one and the manifest says elsewhere which it is.
    ///   - version: nil where the manifest names none.
    static func reference(_ name: String, project: String? = nil, version: String? = nil) -> SecretReference {
        let project = project.flatMap { $0.isEmpty ? nil : $0 }
        return GoogleSecretName.reference(name, version: version, project: project)
            ?? SecretReference(.google, name, version: version)
    }
}

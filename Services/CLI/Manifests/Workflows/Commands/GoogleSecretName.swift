import Evidence

/// Names of Google Secret Manager, in every spelling.
enum GoogleSecretName {
    /// `NAME`, `NAME:VERSION`, `projects/P/secrets/N`, `projects/P/secrets/N/versions/V`, `projects/P/secrets/N:V`.
    static func reference(_ text: String, version: String? = nil, project: String? = nil) -> SecretReference? {
        var text = text.trimmingBlanks
        for prefix in ["//secretmanager.googleapis.com/", "https://secretmanager.googleapis.com/v1/"]
        where text.hasPrefix(prefix) { text = String(text.dropFirst(prefix.count)) }
        var version = version
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var name = text
        var project = project
        if parts.count >= 4, parts[0] == "projects", let at = parts.firstIndex(of: "secrets"), at + 1 < parts.count {
            project = parts[1]
            name = parts[at + 1]
            if at + 3 < parts.count, parts[at + 2] == "versions" { version = parts[at + 3] }
        }
        if let colon = name.lastIndex(of: ":") {
            version = String(name[name.index(after: colon)...])
            name = String(name[..<colon])
        }
        // `PROJECT/NAME/VERSION`, as google-github-actions/get-secretmanager-secrets has it.
        let short = name.split(separator: "/").map(String.init)
        if parts[0] != "projects", short.count == 2 || short.count == 3 {
            project = short[0]
            name = short[1]
            if short.count == 3 { version = short[2] }
        }
        guard !name.isEmpty, !name.contains("/") else { return nil }
        return SecretReference(
            .google, (project.map { $0 + "/" } ?? "") + name, version: version?.isEmpty == true ? nil : version)
    }
}

extension StringProtocol {
    var trimmingBlanks: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// What a resolution saw, gathered on the way, so that it can be told also where the resolution fails.
struct SecretReport: Sendable {
    var sources: [SecretDiagnostics.Source] = []
    var warnings: [SecretWarning] = []
    /// The names that `GCP_PROJECT_ID` stands for, where nothing was found, and why.
    var misses: [(label: String, reason: String)] = []

    mutating func warn(_ code: String, _ message: String, reason: String? = nil) {
        let warning = SecretWarning(code: code, message: message, reason: reason)
        if !warnings.contains(warning) { warnings.append(warning) }
    }

    mutating func absent(_ name: String, reason: String? = nil) {
        sources.append(SecretDiagnostics.Source(name: name, status: "absent", reason: reason))
    }

    mutating func rejected(_ name: String, reason: String) {
        sources.append(SecretDiagnostics.Source(name: name, status: "rejected", reason: reason))
    }

    mutating func present(_ name: String, bytes: Int?) {
        sources.append(SecretDiagnostics.Source(name: name, status: "present", bytes: bytes))
    }

    /// Adds to a source what was learned of it later.
    mutating func amend(_ name: String, _ change: (inout SecretDiagnostics.Source) -> Void) {
        guard let index = sources.firstIndex(where: { $0.name == name }) else { return }
        change(&sources[index])
    }
}

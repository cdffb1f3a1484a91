/// Reads a plan's steps from variables, and keeps what there is to warn of.
struct SecretPlanReader {
    let variables: [String: SecretBinding]
    var warnings: [SecretWarning] = []

    /// Which of the shared names count (`JWT_SECRET_ALIASES`); all, where it is not set.
    mutating func countedNames() throws(SecretError) -> Set<String> {
        guard let text = try text(SecretNames.aliases) else { return Set(SecretNames.shared) }
        let names = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
        guard !names.isEmpty, names.allSatisfy(SecretNames.shared.contains) else {
            throw SecretError(
                code: "aliases_malformed",
                message: """
                    \(SecretNames.aliases) may list \(SecretNames.shared.joined(separator: ", ")), separated by commas, \
                    and nothing else; at least one.
                    """)
        }
        return Set(names)
    }

    /// The steps of `<name>` and `<name>_FILE`.
    mutating func steps(for name: String, counts: Bool) throws(SecretError) -> [SecretPlan.Step] {
        let fileName = name + "_FILE"
        guard counts else {
            return [name, fileName].map { id in
                let isSet = variables[id].map { !Self.isEmpty($0) } ?? false
                let rejection = isSet ? "not among \(SecretNames.aliases)" : nil
                return SecretPlan.Step(name: id, candidate: nil, rejection: rejection)
            }
        }
        let variable = present(name).map { SecretCandidate(id: name, name: name, place: .variable($0)) }
        let file = try path(fileName).map { SecretCandidate(id: fileName, name: name, place: .file(path: $0)) }
        return [
            SecretPlan.Step(name: name, candidate: variable, rejection: nil),
            SecretPlan.Step(name: fileName, candidate: file, rejection: nil),
        ]
    }

    /// The step of a named store, or those that `GCP_PROJECT_ID` stands for.
    mutating func storeSteps(_ environment: DeploymentEnvironment) throws(SecretError) -> [SecretPlan.Step] {
        if let text = try text(SecretNames.store) {
            let reference = try StoreReference.parse(text)
            let candidate = SecretCandidate(
                id: SecretNames.store, name: SecretNames.store, place: .namedStore(reference))
            return [SecretPlan.Step(name: SecretNames.store, candidate: candidate, rejection: nil)]
        }
        let named = SecretPlan.Step(name: SecretNames.store, candidate: nil, rejection: nil)
        guard let project = try text(SecretNames.project) else { return [named] }
        return [named]
            + SecretNames.googleNames(for: environment).map { name in
                let reference = StoreReference.gcp(project: project, name: name, version: nil)
                let candidate = SecretCandidate(
                    id: reference.label, name: reference.label, place: .impliedStore(reference))
                return SecretPlan.Step(name: reference.label, candidate: candidate, rejection: nil)
            }
    }

    private mutating func present(_ name: String) -> SecretBinding? {
        guard let binding = variables[name] else { return nil }
        guard Self.isEmpty(binding) else { return binding }
        warnings.append(SecretWarning(code: "empty_value", message: "\(name) is set and empty: taken as absent"))
        return nil
    }

    private mutating func path(_ name: String) throws(SecretError) -> String? {
        guard let path = try text(name) else { return nil }
        // A secret pasted into the wrong variable is hardly ever a path; what is none is not repeated.
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw SecretError(
                code: "file_unreadable",
                message: """
                    \(name) is no absolute path (its value is not shown, as it might be a secret). Give the path of a \
                    file, or the secret itself as \(name.dropLast("_FILE".count)).
                    """)
        }
        return path
    }

    /// A setting of the chain itself, which a manifest must state as a plain value.
    private mutating func text(_ name: String) throws(SecretError) -> String? {
        switch present(name) {
        case nil: return nil
        case .literal(let bytes): return bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        case .reference:
            throw SecretError(
                code: "secret_malformed",
                message: "\(name) says where secrets are and is none itself: give it a plain value.")
        }
    }

    static func isEmpty(_ binding: SecretBinding) -> Bool {
        guard case .literal(let value) = binding else { return false }
        return SecretValue.trimmed(value).isEmpty
    }
}

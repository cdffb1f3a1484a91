import Evidence

/// What the contexts of an expression hold in one job.
struct WorkflowScope: Sendable {
    /// Where `secrets.X` comes from.
    enum Secrets: Sendable {
        /// The repository's, and those of the job's environment.
        case own
        /// What the caller of a reusable workflow hands over; nothing else is there.
        case handed([String: BoundValue])
        /// A composite action has none.
        case none
    }

    var secrets = Secrets.own
    var inputs: [String: BoundValue] = [:]
    /// The job's environment: its secrets and variables come before the repository's.
    var environment: String?
    var env: [String: ShellVariable] = [:]
    var matrix: [ManifestNode.Member] = []
    /// By step, then by output.
    var steps: [String: [String: BoundValue]] = [:]
    /// By job, then by output.
    var needs: [String: [String: BoundValue]] = [:]

    func lookup(_ path: [String]) -> WorkflowValue {
        let names = path.map { $0.lowercased() }
        guard path.count > 1 else { return .unknown }
        switch names[0] {
        case "secrets": return .bound(secret(path[1]))
        case "vars":
            return .bound(.reference(SecretReference(.github, "vars." + path[1].uppercased(), scope: environment)))
        case "inputs": return input(names[1])
        case "github" where names.count == 4 && names[1] == "event" && names[2] == "inputs": return input(names[3])
        case "env": return env[path[1]].map { .bound($0.value) } ?? .unknown
        case "matrix": return value(Array(path.dropFirst()))
        case "steps" where names.count == 4 && names[2] == "outputs":
            return steps[names[1]]?[names[3]].map(WorkflowValue.bound) ?? .unknown
        case "needs" where names.count == 4 && names[2] == "outputs":
            return needs[names[1]]?[names[3]].map(WorkflowValue.bound) ?? .unknown
        default: return .unknown
        }
    }

    private func input(_ name: String) -> WorkflowValue { inputs[name].map(WorkflowValue.bound) ?? .unknown }

    /// Names of secrets know no case.
    private func secret(_ name: String) -> BoundValue {
        let name = name.uppercased()
        let own = BoundValue.reference(SecretReference(.github, "secrets." + name, scope: environment))
        switch secrets {
        case .own: return own
        case .handed(let handed):
            if let value = handed[name] { return value }
            // The environment of a called job brings its own secrets.
            return environment == nil && name != "GITHUB_TOKEN" ? .empty : own
        case .none: return .empty
        }
    }

    private func value(_ path: [String]) -> WorkflowValue {
        var node = path.first.flatMap { name in matrix.first { $0.key.lowercased() == name.lowercased() }?.value }
        for name in path.dropFirst() { node = node?[name] }
        guard let scalar = node?.scalar else { return .unknown }
        return .bound(fill(scalar.text))
    }

    /// What stands between the braces.
    func evaluate(_ expression: String) -> BoundValue {
        let trimmed = expression.trimmingBlanks
        let value = WorkflowExpression.parse(trimmed)?.evaluate(lookup) ?? .unknown
        return value.bound ?? .opaque("${{ \(Self.masked(trimmed)) }}")
    }

    /// Without its texts, one of which may be a secret.
    private static func masked(_ expression: String) -> String {
        var isOpen = false
        var masked = ""
        for character in expression {
            if character == "'" { isOpen.toggle() }
            if character == "'" || !isOpen { masked.append(character) }
        }
        return masked
    }

    /// A text with `${{ … }}` in it.
    func fill(_ text: String) -> BoundValue {
        var value = BoundValue.empty
        var rest = text[...]
        while let open = rest.firstRange(of: "${{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            value =
                value + .literal(String(rest[..<open.lowerBound]))
                + evaluate(String(rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        return value + .literal(String(rest))
    }

    /// The lines of a text, each with its place.
    func lines(_ text: EmbeddedText) -> [MarkedText] {
        let variables = ShellVariables([:], expression: evaluate)
        return variables.lines(of: text, isLiteral: true)
    }

    func shell() -> ShellVariables { ShellVariables(env, expression: evaluate) }
}

import Evidence

/// `LS201`: one program, two ways to its key: a loader that others share, and a read of its own beside it.
enum SecondLoadingPathRule: Rule {
    static let id = RuleID.secondLoadingPath

    static func findings(in proof: Proof) -> [Finding] {
        proof.components.all.flatMap { findings(CodeKeys(component: $0, components: proof.components)) }
    }

    private static func findings(_ code: CodeKeys) -> [Finding] {
        var found: [Finding] = []
        let name = code.component.directory.isEmpty ? "this program" : code.component.directory
        let keys = code.keys.compactMap { key in key.expression.map { (expression: $0, uses: key.uses) } }
        let loaded = keys.first { $0.expression.isLoader }
        if let loaded, let use = loaded.uses.first {
            for key in keys where !key.expression.variables.isEmpty {
                guard let other = key.uses.first else { continue }
                found.append(
                    Finding(
                        id, .warning,
                        """
                        \(name) loads its key in two ways: \(use.call) takes it from the shared loader, \(other.call) \
                        reads \(key.expression.variables.joined(separator: ", ")) by itself. The day the two see \
                        different sources, one refuses the other's tokens with 401
                        """, services: [name], at: [other.position, use.position]))
            }
        }
        // The same family by two expressions: another order, or another default.
        let plain = keys.filter { !$0.expression.variables.isEmpty }
        for (index, key) in plain.enumerated() {
            guard let use = key.uses.first else { continue }
            for other in plain[(index + 1)...] {
                guard let second = other.uses.first, differ(key.expression, other.expression) else { continue }
                found.append(
                    Finding(
                        id, .warning,
                        """
                        \(name) reads its key in two ways: \(use.call) at \(use.position) takes \
                        \(shown(key.expression)), \(second.call) takes \(shown(other.expression)). Where they come to \
                        two values it refuses its own tokens with 401
                        """, services: [name], at: [second.position, use.position]))
            }
        }
        return found
    }

    private static func differ(_ one: KeyExpression, _ other: KeyExpression) -> Bool {
        guard let mine = one.variables.first, let theirs = other.variables.first,
            KeyFamily(variable: mine) == KeyFamily(variable: theirs)
        else { return false }
        return one.variables != other.variables || text(one) != text(other)
    }

    private static func text(_ expression: KeyExpression) -> String? {
        if case .literal(let text, _)? = expression.codeDefault { text } else { nil }
    }

    private static func shown(_ expression: KeyExpression) -> String {
        expression.variables.joined(separator: ", else ") + (expression.codeDefault == nil ? "" : ", else a default")
    }
}

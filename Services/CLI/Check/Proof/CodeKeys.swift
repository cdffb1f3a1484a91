import Evidence

/// The keys that a program works with, by its own code: each use with the expression its key comes from.
struct CodeKeys {
    let component: Component
    /// Every component, for keys that are loaded in a shared folder.
    let components: Components

    struct Key {
        let expression: KeyExpression?
        let uses: [TokenUse]
    }

    /// One for each expression that a token use of the program comes down to.
    var keys: [Key] {
        var keys: [(expression: KeyExpression?, uses: [TokenUse])] = []
        for use in component.uses {
            let expression = expression(of: use)
            if let index = keys.firstIndex(where: { $0.expression == expression }) {
                keys[index].uses.append(use)
            } else {
                keys.append((expression, [use]))
            }
        }
        return keys.map { Key(expression: $0.expression, uses: $0.uses) }
    }

    /// What the key of a use comes from: followed in its file, else by its name through the program, else through shared
    /// folders; where all that fails, the only signing secret that the program reads.
    func expression(of use: TokenUse) -> KeyExpression? {
        if let key = use.key, !key.isLoader { return key }
        if let read = read(named: use.keyName) { return read.expression }
        if let key = use.key { return key }
        let expressions = Set(component.reads.map(\.expression))
        return expressions.count == 1 ? expressions.first : nil
    }

    private func read(named name: String) -> SecretRead? {
        guard !name.isEmpty else { return nil }
        // Its own, then those of the repository or folder that it is built with, then everybody's.
        for reads in [component.reads, components.around(component).flatMap(\.reads), components.all.flatMap(\.reads)] {
            let exact = reads.filter { $0.bound == name }
            if let read = Self.only(exact) { return read }
            let last = Self.last(name)
            let alike = reads.filter { !$0.bound.isEmpty && Self.last($0.bound) == last }
            if let read = Self.only(alike) { return read }
        }
        return nil
    }

    /// The read, where all of them say the same.
    private static func only(_ reads: [SecretRead]) -> SecretRead? {
        guard let first = reads.first, reads.allSatisfy({ $0.expression.variables == first.expression.variables })
        else {
            return nil
        }
        return reads.first { $0.expression.alternatives.count > 1 } ?? first
    }

    /// `settings.SECRET_KEY`, `Settings.secret_key` and `secretKey` are one name.
    private static func last(_ name: String) -> String {
        let part = name.split { ".:>".contains($0) }.last.map(String.init) ?? name
        return part.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

extension KeyExpression {
    /// Whether all that is known is the name of a function.
    var isLoader: Bool {
        alternatives.allSatisfy { if case .loader = $0 { true } else { false } }
    }

    /// The text in the code that serves when nothing is set, or what is made in its place.
    var codeDefault: Alternative? {
        alternatives.last {
            switch $0 {
            case .literal(let text, _): !text.isEmpty
            case .computed(_, let inputs, _): inputs.isEmpty
            case .variable, .loader, .asymmetric: false
            }
        }
    }
}

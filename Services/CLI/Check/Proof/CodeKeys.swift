import Evidence

/// The keys that a program works with, by its own code: each use with the expression its key comes from.
struct CodeKeys {
    let component: Component
    /// Every component, for keys that are loaded in a shared folder.
    let components: Components

    struct Key {
        let expression: KeyExpression?
        let uses: [TokenUse]
        /// Nil where a library does both, and nothing tells what this program calls.
        let signs: Bool?
        let verifies: Bool?

        init(_ expression: KeyExpression?, _ uses: [TokenUse]) {
            self.expression = expression
            self.uses = uses
            signs = uses.contains { $0.action == .sign }
            verifies = uses.contains { $0.action == .verify }
        }

        init(_ shared: SharedKey) {
            expression = shared.expression
            uses = shared.uses
            signs = shared.signs
            verifies = shared.verifies
        }
    }

    /// One for each expression that a token use of the program comes down to.
    var keys: [Key] {
        var keys: [(expression: KeyExpression?, uses: [TokenUse])] = []
        for use in component.uses {
            let expression = expression(of: use)
            if let index = keys.firstIndex(where: { Self.isSame($0.expression, expression) }) {
                keys[index].uses.append(use)
            } else {
                keys.append((expression, [use]))
            }
        }
        return keys.map { Key($0.expression, $0.uses) } + component.shared.map { Key($0) }
    }

    /// Whether two expressions try the same in the same order, wherever they stand.
    private static func isSame(_ one: KeyExpression?, _ other: KeyExpression?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        guard one.alternatives.count == other.alternatives.count else { return false }
        return zip(one.alternatives, other.alternatives).allSatisfy { first, second in
            switch (first, second) {
            case (.variable(let name, let emptyCounts, _), .variable(let otherName, let otherCounts, _)):
                name == otherName && emptyCounts == otherCounts
            case (.literal(let text, _), .literal(let otherText, _)): text == otherText
            default: first == second
            }
        }
    }

    /// What the key of a use comes from: followed in its file, else by its name through the program, else through shared
    /// folders; where all that fails, the only signing secret that the program reads.
    func expression(of use: TokenUse) -> KeyExpression? {
        if let key = use.key, !key.isLoader { return key }
        if let read = read(named: use.keyName) { return read.expression }
        if let key = use.key { return key }
        // What a file of settings holds is not read by that alone.
        let expressions = Set(component.reads.filter { $0.loader != "config file" }.map(\.expression))
        return expressions.count == 1 ? expressions.first : nil
    }

    private func read(named name: String) -> SecretRead? {
        guard !name.isEmpty else { return nil }
        let word = Self.word(name)
        // Its own, then those of the repository or folder that it is built with, then everybody's.
        for reads in [component.reads, components.around(component).flatMap(\.reads), components.reads(word)] {
            if let read = Self.only(reads.filter { $0.bound == name }) { return read }
            if let read = Self.only(reads.filter { !$0.bound.isEmpty && Self.word($0.bound) == word }) { return read }
        }
        return nil
    }

    /// The read, where all of them say the same.
    private static func only(_ reads: [SecretRead]) -> SecretRead? {
        guard let first = reads.first, reads.allSatisfy({ $0.expression.variables == first.expression.variables })
        else {
            return nil
        }
        // What several programs have in their settings is no single program's text.
        if ["appsettings", "config file"].contains(first.loader),
            Set(reads.map { SourceTree.folder(of: $0.position.file) }).count > 1
        {
            let variables = first.expression.alternatives.filter {
                if case .variable = $0 { true } else { false }
            }
            return SecretRead(
                KeyExpression(variables + [.loader(KeyExpression.programSettings, first.position)]),
                bound: first.bound, loader: first.loader, at: first.position)
        }
        return reads.first { $0.expression.alternatives.count > 1 } ?? first
    }

    /// `settings.SECRET_KEY`, `Settings.secret_key` and `secretKey` are one name.
    static func word(_ name: String) -> String {
        letters(of: name.split { ".:>".contains($0) }.last.map(String.init) ?? name)
    }

    static func letters(of name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
}

extension KeyExpression {
    /// Whether all that is known is the name of a function.
    var isLoader: Bool {
        alternatives.allSatisfy { if case .loader = $0 { true } else { false } }
    }

    /// The text in the code that serves when nothing is set, or what is made in its place.
    var codeDefault: Alternative? {
        let firstVariable = alternatives.firstIndex { if case .variable = $0 { true } else { false } }
        let last = alternatives.lastIndex { alternative in
            switch alternative {
            case .literal(let text, _): !text.isEmpty
            case .computed(_, let inputs, _): inputs.isEmpty
            case .variable, .loader, .asymmetric: false
            }
        }
        if let last { return alternatives[last] }
        // Derived from something that is no variable (a host's name, a service's), where the variable is not set.
        guard let firstVariable else { return nil }
        return alternatives[firstVariable...].last { alternative in
            guard case .computed(let how, let inputs, _) = alternative else { return false }
            let isDecoding = ["base64", "hex"].contains { how.hasPrefix($0) }
            return !isDecoding && inputs.allSatisfy { $0.contains(where: \.isLowercase) }
        }
    }
}

import Evidence

/// An expression of any of the languages, as far as following a key through it goes. What plays no part in that is
/// `operation` or `other`.
struct Expression {
    indirect enum Kind {
        case text(String)
        /// A string with expressions in it.
        case template([Part])
        case number(String)
        case name(String)
        case member(Expression, String)
        case index(Expression, Expression)
        /// A call, and what `new` makes.
        case call(Expression, [Argument])
        /// `a or b`, `a || b`, `a ?? b`: the first that has a value. With `emptyCounts` an empty text has none.
        case either([Expression], emptyCounts: Bool)
        case choice(condition: Expression, then: Expression, otherwise: Expression)
        case list([Expression])
        case object([Entry])
        case function(Function)
        /// `a = b` and `a := b` within an expression.
        case assign(Expression, Expression)
        /// Any other operator with its operands; `not`, `!`, `+`, `==`.
        case operation(String, [Expression])
        case other
    }

    enum Part {
        case text(String)
        case expression(Expression)
    }

    struct Argument {
        /// Of a keyword argument.
        let label: String?
        let value: Expression
        let position: SourcePosition
    }

    /// A member of an object or dictionary; `key` is nil where it is computed or everything of another object is taken.
    struct Entry {
        let key: String?
        let value: Expression
        let position: SourcePosition
    }

    let kind: Kind
    let position: SourcePosition

    init(_ kind: Kind, at position: SourcePosition) {
        self.kind = kind
        self.position = position
    }

    var text: String? { if case .text(let text) = kind { text } else { nil } }
    var name: String? { if case .name(let name) = kind { name } else { nil } }
    var entries: [Entry]? { if case .object(let entries) = kind { entries } else { nil } }

    /// The expressions right in it, without those in a function's body.
    var children: [Expression] {
        switch kind {
        case .text, .number, .name, .function, .other: []
        case .template(let parts):
            parts.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
        case .member(let object, _): [object]
        case .index(let object, let index): [object, index]
        case .call(let callee, let arguments): [callee] + arguments.map(\.value)
        case .either(let expressions, _), .list(let expressions), .operation(_, let expressions): expressions
        case .choice(let condition, let then, let otherwise): [condition, then, otherwise]
        case .object(let entries): entries.map(\.value)
        case .assign(let target, let value): [target, value]
        }
    }
}

extension [Expression.Argument] {
    /// The argument with that label, else the one at `index` of those without.
    func value(_ label: String?, at index: Int? = nil) -> Expression? {
        if let label, let found = first(where: { $0.label == label }) { return found.value }
        guard let index else { return nil }
        let plain = filter { $0.label == nil }
        return plain.indices.contains(index) ? plain[index].value : nil
    }
}

extension [Expression.Entry] {
    subscript(key: String) -> Expression? { last { $0.key == key }?.value }
}

/// What a renderer writes, as YAML or as JSON: keys in the order in which they are given, so that the same declaration
/// gives the same bytes.
package enum DocumentNode: Sendable, Hashable {
    /// Always read back as a string: it is quoted where YAML would read something else.
    case text(String)
    case number(Int)
    case flag(Bool)
    /// A text of several lines, as YAML's literal block.
    case lines([String])
    case list([DocumentNode])
    case map([Member])
    /// Left away, with its key.
    case absent
    /// With a comment above it; JSON has none.
    indirect case explained(String, DocumentNode)

    package struct Member: Sendable, Hashable {
        package let key: String
        package let value: DocumentNode

        package init(_ key: String, _ value: DocumentNode) {
            self.key = key
            self.value = value
        }
    }

    /// Without the comment.
    var bare: DocumentNode {
        if case .explained(_, let node) = self { node.bare } else { self }
    }

    var comment: String? {
        if case .explained(let comment, _) = self { comment } else { nil }
    }

    var isAbsent: Bool { bare == .absent }

    /// Two mappings, one behind the other; lists likewise.
    static func + (a: DocumentNode, b: DocumentNode) -> DocumentNode {
        switch (a, b) {
        case (.map(let a), .map(let b)): .map(a + b)
        case (.list(let a), .list(let b)): .list(a + b)
        case (let a, .absent): a
        case (.absent, let b): b
        default: b
        }
    }
}

extension DocumentNode: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(arrayLiteral elements: DocumentNode...) { self = .list(elements) }
    /// In the order in which they stand.
    package init(dictionaryLiteral elements: (String, DocumentNode)...) {
        self = .map(elements.map { Member($0.0, $0.1) })
    }
}

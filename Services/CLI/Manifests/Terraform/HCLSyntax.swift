import Evidence

/// The syntax of Terraform's files as far as manifests need it (HCL 2 native syntax specification).
struct HCLBody: Sendable {
    var attributes: [HCLAttribute] = []
    var blocks: [HCLBlock] = []

    subscript(name: String) -> HCLAttribute? { attributes.last { $0.name == name } }

    func blocks(_ type: String) -> [HCLBlock] { blocks.filter { $0.type == type } }
}

struct HCLAttribute: Sendable {
    let name: String
    let position: SourcePosition
    let value: HCLExpression
}

struct HCLBlock: Sendable {
    let type: String
    let labels: [String]
    let position: SourcePosition
    var body: HCLBody
}

struct HCLExpression: Sendable {
    struct Entry: Sendable {
        let key: HCLExpression
        let value: HCLExpression
    }

    indirect enum Kind: Sendable {
        /// `"…"` and here-documents: texts and what stands in `${…}`.
        case template([HCLExpression])
        case text(String)
        /// Numbers, `true`, `false`, by their spelling.
        case literal(String)
        case null
        /// `var.x`, `local.a["b"].c`
        case path([HCLExpression])
        case call(String, [HCLExpression])
        case list([HCLExpression])
        case object([Entry])
        case conditional(HCLExpression, HCLExpression, HCLExpression)
        case binary(String, HCLExpression, HCLExpression)
        /// `[for … ]` and `{for … }`: names, the collection, key (of an object), value, condition.
        case loop([String], HCLExpression, key: HCLExpression?, value: HCLExpression, condition: HCLExpression?)
        /// What no reader follows.
        case opaque(String)
    }

    let kind: Kind
    let position: SourcePosition
}

/// A Go template, parsed (text/template, with the delimiters that Helm uses).
struct HelmTemplate: Sendable {
    indirect enum Node: Sendable {
        case text(String, line: Int)
        case output(HelmExpression, line: Int)
        case assignment(String, HelmExpression, declares: Bool, line: Int)
        /// `if`, or `with` where `setsDot`.
        case branch(HelmExpression, then: [Node], otherwise: [Node], setsDot: Bool, line: Int)
        case range(key: String?, element: String?, HelmExpression, body: [Node], otherwise: [Node], line: Int)
    }

    let nodes: [Node]
    /// `define` and `block`, by name.
    let definitions: [String: [Node]]
}

/// What stops a template: the line, and why.
struct HelmFault: Error, Sendable {
    let line: Int
    let reason: String
}

indirect enum HelmExpression: Sendable {
    case string(String)
    case number(String)
    case boolean(Bool)
    case null
    case dot
    case variable(String)
    case field(HelmExpression, [String])
    case call(String, [HelmExpression])
    /// A method with arguments: `.Files.Get "x"`.
    case method(HelmExpression, [HelmExpression])
}

import Evidence

/// A statement of any of the languages, as far as bindings and their scopes go; loops and the like are blocks.
enum Statement {
    case expression(Expression)
    /// `targets` may be patterns (lists and objects). `value` is nil where a type alone is declared.
    case bind(targets: [Expression], value: Expression?, position: SourcePosition)
    case function(Function)
    case type(TypeDeclaration)
    case imports([ImportedName])
    case returned(Expression)
    /// Raises or throws, or ends the process.
    case failed(Expression?)
    case conditional(Expression, then: [Statement], otherwise: [Statement])
    case block([Statement])
}

/// A function, method, or closure.
final class Function {
    struct Parameter {
        let name: String
        let fallback: Expression?
        let position: SourcePosition
        /// `constructor(private readonly x: T)` makes a field of it.
        var isField = false
        /// The pattern that takes an object apart, instead of a name.
        var pattern: Expression?
        /// Spelled as in the file, its first word alone: `ConfigService`.
        var type: String?
    }

    let name: String
    let parameters: [Parameter]
    let body: [Statement]
    let decorators: [Expression]
    let position: SourcePosition

    init(
        _ name: String, parameters: [Parameter], body: [Statement], decorators: [Expression] = [],
        at position: SourcePosition
    ) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.decorators = decorators
        self.position = position
    }
}

/// A class, with its fields as bindings and its methods as functions.
final class TypeDeclaration {
    let name: String
    let bases: [Expression]
    let body: [Statement]
    let decorators: [Expression]
    let position: SourcePosition

    init(
        _ name: String, bases: [Expression], body: [Statement], decorators: [Expression] = [],
        at position: SourcePosition
    ) {
        self.name = name
        self.bases = bases
        self.body = body
        self.decorators = decorators
        self.position = position
    }
}

/// One name that an import brings in.
struct ImportedName {
    /// As this file calls it.
    let local: String
    /// Where it comes from: `jose`, `core.config`, `./config`.
    let module: String
    /// What it is called there; nil for the module itself.
    let original: String?
}

import Evidence

/// A read of the environment as a language's libraries do it.
struct VariableRead {
    /// In the order in which they are tried.
    let names: [String]
    /// Of the variable's name.
    let position: SourcePosition
    var fallback: Expression?
    /// Whether an empty variable counts as none.
    var emptyCounts = false
    /// Whether the program stops without it.
    var isRequired = false
    /// `os.getenv`
    let loader: String
}

/// What one language's libraries mean, as `FileReading` asks for it. Each answers nil for what it does not know.
protocol Dialect: Sendable {
    var language: SourceFacts.Language { get }

    /// A read of a variable.
    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead?

    /// The expression whose value a call or member hands on as the same key: `x.encode()`, `Buffer.from(x)`.
    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression?

    /// What a call makes a new key of: a word for how, and from what.
    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])?

    /// Whether it gives a public or private key, and no shared secret.
    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool

    /// A field of a settings class that its library fills from the environment.
    func field(_ name: String, of type: TypeDeclaration, in scope: Scope, of reading: FileReading) -> VariableRead?

    /// Adds what an expression states: uses, durations.
    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading)

    /// Adds what a type states beyond its fields' values.
    func visit(_ type: TypeDeclaration, in scope: Scope, of reading: FileReading)

    /// Adds what a name's value states beyond a read: durations, frameworks' settings.
    func visit(
        binding name: String, to value: Expression, at position: SourcePosition, in scope: Scope,
        of reading: FileReading)
}

import Evidence

extension Dialect {
    func field(_ name: String, of type: TypeDeclaration, in scope: Scope, of reading: FileReading) -> VariableRead? {
        nil
    }
    func visit(_ type: TypeDeclaration, in scope: Scope, of reading: FileReading) {}
    func visit(
        binding name: String, to value: Expression, at position: SourcePosition, in scope: Scope,
        of reading: FileReading
    ) {
        Lifetimes.tell(name, value, at: position, in: scope, of: reading)
        if name.contains(".") { reading.widen(name, value, in: scope) }
    }
}

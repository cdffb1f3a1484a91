package import Evidence

/// Reads Python: settings from the environment, and what PyJWT, python-jose, Authlib, joserfc, Flask-JWT-Extended,
/// Simple JWT and FastAPI Users sign and verify with.
package struct PythonReader: SourceReader {
    package let endings: Set<String> = ["py", "pyi"]

    package init() {}

    package func facts(of text: String, file: String) -> SourceFacts {
        let reading = FileReading(
            PythonStatements.statements(of: text, file: file), file: file, dialect: PythonDialect())
        var facts = reading.read()
        facts.links = LinkReading.links(of: reading.statements)
        return facts
    }
}

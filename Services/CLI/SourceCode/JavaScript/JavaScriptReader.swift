package import Evidence

/// Reads JavaScript and TypeScript, CDK stacks included: settings from the environment, and what jsonwebtoken, jose,
/// NestJS, Passport, Express, Fastify, Koa, Hono and NextAuth sign and verify with.
package struct JavaScriptReader: SourceReader {
    package let endings: Set<String> = ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"]

    package init() {}

    package func facts(of text: String, file: String) -> SourceFacts {
        let isTyped = file.hasSuffix("ts") || file.hasSuffix("tsx")
        let reading = FileReading(
            JavaScriptStatements.statements(of: text, file: file), file: file,
            dialect: JavaScriptDialect(language: isTyped ? .typescript : .javascript))
        var facts = reading.read()
        facts.links = LinkReading.links(of: reading.statements)
        return facts
    }
}

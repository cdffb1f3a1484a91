import HTTPTypes
import Testing

@testable import PlantKit

@Suite("The page of documentation")
struct DocumentationPageTests {
    private static let attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\"\u{301}"

    private static let quoteAndAccent = Array("\"\u{301}".unicodeScalars)

    @Test("no text of an operation becomes markup")
    func escaping() {
        let schema = APISchema.object([.required(Self.attack, .choice([Self.attack]).described(Self.attack))])
        let operation = Operation(
            "attack", .post, "/api/{id}", summary: Self.attack, details: Self.attack, tag: Self.attack,
            access: .permission(Self.attack),
            parameters: [.query(Self.attack, .text(pattern: Self.attack), Self.attack)],
            body: .json(schema, example: .text(Self.attack)),
            answers: [.ok(schema, Self.attack, headers: [.init(Self.attack, .text(), Self.attack)])])
        let document = OpenAPIDocument(
            title: Self.attack, version: Self.attack, description: Self.attack, tags: [.init(Self.attack, Self.attack)],
            operations: [operation])
        let html = DocumentationPage(document).html
        #expect(!html.contains("<script"))
        #expect(!html.contains("<img"))
        // By scalar, as a browser reads it: to a String, a quote with an accent is another character.
        #expect(!Array(html.unicodeScalars).contains(Self.quoteAndAccent))
        #expect(html.contains("&lt;script&gt;"))
    }

    @Test("code between backticks is escaped as other text is")
    func prose() {
        #expect(
            HTML.element("p", HTML.prose("a `<b>` c")).markup == "<p>a <code>&lt;b&gt;</code> c</p>\n")
    }

    @Test("nothing is asked of anybody else, and the policy allows the style alone")
    func policy() throws {
        let html = DocumentationPage(OpenAPIDocumentTests.document([OpenAPIDocumentTests.make])).html
        #expect(!html.contains("src=") && !html.contains("http-equiv") && !html.contains("url("))
        let policy = try #require(DocumentationPage.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(!policy.contains("unsafe") && !policy.contains("script-src"))
    }

    @Test("every operation has its anchor, and an example that goes through the gateway")
    func contents() {
        let operations = [OpenAPIDocumentTests.list, OpenAPIDocumentTests.change, OpenAPIDocumentTests.make]
        let html = DocumentationPage(OpenAPIDocumentTests.document(operations)).html
        for operation in operations {
            #expect(html.contains("<article id=\"\(operation.id)\">"))
            #expect(html.contains("href=\"#\(operation.id)\""))
        }
        #expect(html.contains("idempotency_key") || html.contains("invalid_input"))
        #expect(html.contains("id=\"schema-Tree\""))
    }

    @Test("an example for a shell, whose quotes hold")
    func curl() {
        let operation = Operation(
            "a", .put, "/api/v1/trees/{treeId}", summary: "", tag: "", access: .anyToken,
            body: .json(.any, example: ["name": "Ada's"]), answers: [.noContent], precondition: .ifMatch)
        #expect(
            CurlExample(operation).text == """
                curl -X PUT "$GATEWAY/api/v1/trees/TREEID" \\
                  -H "Authorization: Bearer $TOKEN" \\
                  -H 'If-Match: "v7"' \\
                  -H 'Content-Type: application/json' \\
                  -d '{"name":"Ada'\\''s"}'
                """)
    }
}

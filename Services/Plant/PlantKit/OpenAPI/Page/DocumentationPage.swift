import Crypto
import FoundationEssentials
package import HTTPTypes

/// `/docs`: the document for people. One answer with everything in it: no script, nothing from elsewhere, and the
/// browser's own search finds every word of it, as closed parts open by themselves when something in them is found.
package struct DocumentationPage: Sendable {
    let document: OpenAPIDocument

    package init(_ document: OpenAPIDocument) { self.document = document }

    package var bytes: [UInt8] { Array(html.utf8) }

    /// The style is allowed by its hash, and nothing else is allowed at all.
    package static var headers: HTTPFields {
        let hash = Data(SHA256.hash(data: Data(DocumentationStyle.css.utf8))).base64EncodedString()
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .contentSecurityPolicy:
                "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'",
        ]
        headers[.xContentTypeOptions] = "nosniff"
        return headers
    }

    var html: String {
        let head = HTML.element(
            "head",
            [
                .raw("<meta charset=\"utf-8\">\n"),
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"),
                .raw("<meta name=\"color-scheme\" content=\"light dark\">\n"),
                .element("title", "\(document.title) \(document.version)"),
                HTML(style: DocumentationStyle.css),
            ])
        let body = HTML.element(
            "body",
            [.raw("<a class=\"skip\" href=\"#main\">Skip to content</a>\n"), top, contents]
                + [.element("main", with: ["id": "main"], [introduction] + document.tags.map(section) + [schemas])])
        return "<!doctype html>\n" + HTML.element("html", with: ["lang": "en"], [head, body]).markup
    }

    private var top: HTML {
        .element(
            "header",
            [
                .element("h1", [.text(document.title), .raw(" "), .element("small", document.version)]),
                .element(
                    "p", with: ["class": "quiet"], [.element("a", with: ["href": "/openapi.json"], "/openapi.json")]),
            ])
    }

    private var contents: HTML {
        .element(
            "nav", with: ["aria-label": "Operations"],
            document.tags.map { tag in
                let own = document.operations.filter { $0.tag == tag.name }
                return .element(
                    "details",
                    [.element("summary", "\(tag.name) (\(own.count))")]
                        + [
                            .element(
                                "ul",
                                own.map { operation in
                                    .element(
                                        "li",
                                        [
                                            .element(
                                                "a", with: ["href": "#\(operation.id)"],
                                                [OperationHTML.method(operation), .text(" \(operation.path)")])
                                        ])
                                })
                        ])
            })
    }

    private var introduction: HTML {
        .element(
            "section", with: ["id": "introduction"],
            document.description.split(separator: "\n\n").map { .element("p", HTML.prose(String($0))) }
                + [
                    .element("p", "The examples go through the gateway; they take its address and a token from here:"),
                    .element("pre", [.element("code", OperationHTML.shellSettings)]),
                ])
    }

    private func section(_ tag: OpenAPIDocument.Tag) -> HTML {
        .element(
            "section", with: ["id": "tag-\(Self.anchor(tag.name))"],
            [.element("h2", tag.name), .element("p", tag.summary)]
                + document.operations.filter { $0.tag == tag.name }.map { OperationHTML(operation: $0).html })
    }

    private var schemas: HTML {
        .element(
            "section", with: ["id": "schemas"],
            [.element("h2", "Schemas")]
                + document.namedSchemas.map { name, schema in
                    .element(
                        "details", with: ["id": "schema-\(name)"],
                        [.element("summary", [.element("code", name)]), SchemaHTML.fields(of: schema)])
                })
    }

    private static func anchor(_ name: String) -> String {
        String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}

extension HTML {
    /// Neither a text of the document nor anything from outside comes here: the hash in the policy holds for it.
    fileprivate init(style: String) { self.init(markup: "<style>\(style)</style>\n") }
}

import HTTPKit
import HTTPTypes

/// One operation on the page.
struct OperationHTML {
    let operation: Operation

    static let shellSettings = """
        GATEWAY=http://localhost:8080
        TOKEN=…            # an access token of the portal
        """

    var html: HTML {
        .element(
            "article", with: ["id": operation.id],
            [
                .element(
                    "h3",
                    [
                        Self.method(operation), .raw(" "), .element("code", operation.path), .raw(" "),
                        .element(
                            "a", with: ["class": "anchor", "href": "#\(operation.id)", "aria-label": "Link to this"],
                            "#"),
                    ]),
                .element("p", HTML.prose(operation.summary)),
            ] + details
                + [.element("p", with: ["class": "quiet"], access)] + parameters + body + answers + [example])
    }

    static func method(_ operation: Operation) -> HTML {
        .element(
            "span", with: ["class": "method \(operation.method.rawValue.lowercased())"], operation.method.rawValue)
    }

    private var details: [HTML] {
        (operation.details ?? "").split(separator: "\n\n").map { .element("p", HTML.prose(String($0))) }
    }

    private var access: [HTML] {
        switch operation.access {
        case .open: [.text("No token is needed.")]
        case .anyToken: [.text("Any access token.")]
        case .permission(let name):
            [.text("An access token whose roles hold "), .element("code", name), .text(".")]
        }
    }

    private var parameters: [HTML] {
        guard !operation.allParameters.isEmpty else { return [] }
        let rows = operation.allParameters.map { parameter in
            SchemaHTML.row(
                name: parameter.name, schema: parameter.schema, isRequired: parameter.isRequired,
                words: "\(parameter.place.rawValue). \(parameter.summary)")
        }
        return [.element("h4", "Parameters"), SchemaHTML.table(rows)]
    }

    private var body: [HTML] {
        guard let body = operation.body else { return [] }
        return [
            .element("h4", "Body"),
            .element("p", "\(body.mediaTypes.joined(separator: " or ")), at most \(body.limit) bytes."),
            SchemaHTML.told(body.schema),
        ]
    }

    private var answers: [HTML] {
        let given = operation.allAnswers.map { answer in
            HTML.element(
                "li",
                [.element("strong", "\(answer.status.code)"), .text(" \(answer.summary)")]
                    + (answer.schema.map {
                        [.text(" \(answer.mediaType): "), SchemaHTML.type($0)]
                    } ?? [])
                    + (answer.headers.isEmpty
                        ? [] : [.text(" Headers: \(answer.headers.map(\.name).joined(separator: ", ")).")]))
        }
        let refused = operation.problemAnswers.map { problem in
            HTML.element(
                "li",
                [
                    .element("strong", "\(problem.status.code)"), .text(" "),
                    .element("code", problem.codes.map(\.rawValue).joined(separator: ", ")),
                ])
        }
        return [
            .element("h4", "Answers"), .element("ul", given),
            .element("details", [.element("summary", "Refusals"), .element("ul", refused)]),
        ]
    }

    private var example: HTML {
        .element(
            "details",
            [
                .element("summary", "Example"), .element("pre", [.element("code", CurlExample(operation).text)]),
            ]
                + (operation.answers.first?.sample.map { [.element("pre", [.element("code", $0)])] } ?? []))
    }
}

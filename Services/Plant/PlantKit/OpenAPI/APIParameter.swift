/// A parameter of a path, a query or a header.
package struct APIParameter: Sendable, Equatable {
    package enum Place: String, Sendable { case path, query, header }

    package let name: String
    package let place: Place
    package let schema: APISchema
    package let isRequired: Bool
    package let summary: String

    /// An identifier.
    package static func path(_ name: String, _ summary: String) -> APIParameter {
        path(name, .identifier, summary)
    }

    package static func path(_ name: String, _ schema: APISchema, _ summary: String) -> APIParameter {
        APIParameter(name: name, place: .path, schema: schema, isRequired: true, summary: summary)
    }

    package static func query(
        _ name: String, _ schema: APISchema, _ summary: String, isRequired: Bool = false
    ) -> APIParameter {
        APIParameter(name: name, place: .query, schema: schema, isRequired: isRequired, summary: summary)
    }

    package static func header(
        _ name: String, _ schema: APISchema, _ summary: String, isRequired: Bool = false
    ) -> APIParameter {
        APIParameter(name: name, place: .header, schema: schema, isRequired: isRequired, summary: summary)
    }

    /// `page` and `perPage`, as `ServerKit.Paging` reads them.
    package static let paging: [APIParameter] = [
        .query("page", .integer(1...1_000_000).defaulting(to: 1), "Which page, from 1."),
        .query("perPage", .integer(1...500).defaulting(to: 100), "How many at most on a page."),
    ]

    /// - Parameter names: what can be sorted by; several are joined by commas, `-` before one turns it round.
    package static func sort(_ names: some Collection<String>, default value: String) -> APIParameter {
        let name = "-?(\(names.sorted().joined(separator: "|")))"
        return .query(
            "sort", .text(pattern: "^\(name)(,\(name))*$").defaulting(to: .text(value)),
            "By which of \(names.sorted().joined(separator: ", ")), each once, joined by commas; "
                + "- before a name: descending.")
    }

    package static let search = APIParameter.query(
        "q", .text(length: 0...254), "Text that has to occur, in upper or lower case.")
}

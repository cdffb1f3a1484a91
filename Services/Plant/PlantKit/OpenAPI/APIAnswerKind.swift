package import HTTPKit
package import HTTPTypes

/// One way in which an operation answers when it does not refuse.
package struct APIAnswerKind: Sendable, Equatable {
    package let status: HTTPResponse.Status
    package let summary: String
    /// Nil: no body.
    package let schema: APISchema?
    package let mediaType: String
    package let headers: [Header]
    package let example: OrderedJSON?

    /// A header of the answer.
    package struct Header: Sendable, Equatable {
        package let name: String
        package let schema: APISchema
        package let summary: String

        package init(_ name: String, _ schema: APISchema, _ summary: String) {
            self.name = name
            self.schema = schema
            self.summary = summary
        }

        package static let eTag = Header(
            "ETag", .text(pattern: "^\"[^\"]+\"$").example("\"v7\""),
            "The version that was answered, for If-Match and If-None-Match.")
        package static let location = Header(
            "Location", .text(format: "uri-reference"), "Where the new one is found.")
    }

    package init(
        _ status: HTTPResponse.Status, _ summary: String, _ schema: APISchema? = nil,
        mediaType: String = "application/json", headers: [Header] = [], example: OrderedJSON? = nil
    ) {
        self.status = status
        self.summary = summary
        self.schema = schema
        self.mediaType = mediaType
        self.headers = headers
        self.example = example
    }

    package static func ok(
        _ schema: APISchema, _ summary: String = "Done.", headers: [Header] = [], example: OrderedJSON? = nil
    ) -> APIAnswerKind {
        APIAnswerKind(.ok, summary, schema, headers: headers, example: example)
    }

    /// With its entity tag.
    package static func one(
        _ schema: APISchema, _ summary: String = "As it is now.", example: OrderedJSON? = nil
    ) -> APIAnswerKind {
        ok(schema, summary, headers: [.eTag], example: example)
    }

    /// A page of a list.
    package static func page(of schema: APISchema, _ summary: String = "A page of the list.") -> APIAnswerKind {
        ok(.page(of: schema), summary)
    }

    /// With entity tag and `Location`.
    package static func created(
        _ schema: APISchema, _ summary: String = "Made.", headers: [Header] = [.eTag, .location],
        example: OrderedJSON? = nil
    ) -> APIAnswerKind {
        APIAnswerKind(.created, summary, schema, headers: headers, example: example)
    }

    package static let noContent = APIAnswerKind(.noContent, "Done; there is nothing to answer.")

    package static func csv(_ summary: String, example: String? = nil) -> APIAnswerKind {
        APIAnswerKind(
            .ok, summary, .text(), mediaType: "text/csv; charset=utf-8", example: example.map { .text($0) })
    }

    /// Server-sent events (WHATWG HTML §9.2).
    package static func events(_ summary: String, example: String? = nil) -> APIAnswerKind {
        APIAnswerKind(.ok, summary, .text(), mediaType: "text/event-stream", example: example.map { .text($0) })
    }

    /// A problem under another status than its code has everywhere else.
    package static func problem(_ code: ProblemCode, as status: HTTPResponse.Status, _ summary: String) -> APIAnswerKind
    {
        APIAnswerKind(status, summary, .problem(of: [code]), mediaType: Refusal.contentType)
    }
}

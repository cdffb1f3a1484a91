/// What a request brings.
package struct APIBody: Sendable, Equatable {
    package let schema: APISchema
    /// The first is the one that examples show.
    package let mediaTypes: [String]
    /// Bytes.
    package let limit: Int
    package let example: OrderedJSON?
    package let isRequired: Bool

    package static let defaultLimit = 1 << 20

    package static func json(
        _ schema: APISchema, limit: Int = defaultLimit, example: OrderedJSON? = nil
    ) -> APIBody {
        APIBody(
            schema: schema, mediaTypes: ["application/json"], limit: limit, example: example, isRequired: true)
    }

    /// JSON merge patch (RFC 7396): null removes a member.
    /// - Parameter schema: of the changes: nothing required, what can be removed nullable (`APISchema.patch`).
    package static func mergePatch(
        _ schema: APISchema, limit: Int = defaultLimit, example: OrderedJSON? = nil
    ) -> APIBody {
        APIBody(
            schema: schema, mediaTypes: ["application/merge-patch+json", "application/json"], limit: limit,
            example: example, isRequired: true)
    }

    /// - Parameter limit: bytes.
    package static func csv(limit: Int, example: String? = nil) -> APIBody {
        APIBody(
            schema: .text(), mediaTypes: ["text/csv"], limit: limit, example: example.map { .text($0) },
            isRequired: true)
    }
}

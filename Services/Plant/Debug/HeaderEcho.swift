import HTTPTypes
import Hummingbird
import ServerKit

/// `GET /api/v1/debug/headers`: what reached the plant, for whoever wonders what a gateway or a platform puts in between.
/// A token is needed, and the route exists in development and test alone.
struct HeaderEcho: Sendable {
    struct Answer: Codable, Equatable, Sendable {
        struct Header: Codable, Equatable, Sendable {
            var name: String
            var value: String
        }
        var headers: [Header]
    }

    func add(to group: RouterGroup<UserContext>) {
        group.get("debug/headers") { request, _ in
            try JSONBody.response(Answer(headers: request.headers.map(Self.shown)))
        }
    }

    static func shown(_ field: HTTPField) -> Answer.Header {
        Answer.Header(name: field.name.rawName, value: CredentialRedaction.shown(field))
    }
}

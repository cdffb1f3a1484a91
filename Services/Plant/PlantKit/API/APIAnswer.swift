import FoundationEssentials
package import HTTPTypes
import Hummingbird
import NIOCore

/// A whole answer as bytes: it is decided on in a transaction, and kept with an idempotency key.
package struct APIAnswer: Sendable, Equatable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: [UInt8]
    /// What was made or changed, for the audit; nil: what the path names.
    package var resourceID: String?

    package init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// `application/json`, members sorted.
    package static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, tag: EntityTag? = nil, location: String? = nil
    ) throws -> APIAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var headers: HTTPFields = [.contentType: "application/json"]
        headers[.eTag] = tag?.text
        headers[.location] = location
        return APIAnswer(status: status, headers: headers, body: Array(try encoder.encode(value)))
    }

    /// `application/json`, members in their order.
    package static func json(_ json: OrderedJSON) -> APIAnswer {
        APIAnswer(status: .ok, headers: [.contentType: "application/json"], body: json.bytes)
    }

    package static let nothing = APIAnswer(status: .noContent)

    /// For `If-None-Match` with the present tag.
    package static func notModified(_ tag: EntityTag) -> APIAnswer {
        APIAnswer(status: .notModified, headers: [.eTag: tag.text])
    }

    var response: Response {
        Response(
            status: status, headers: headers,
            body: body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

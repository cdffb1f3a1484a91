import FoundationEssentials
import HTTPKit
package import HTTPTypes
package import Hummingbird
import NIOCore
import Secrets

/// A decoded JSON body with bounds; faults become `invalid_input` (422) with the field, or `malformed_request`,
/// `unsupported_media_type`.
package enum JSONBody {
    /// Bounded by the context's `maxUploadSize`, in bytes, or by `limit` where that is less.
    package static func decode<T: Decodable>(
        _ type: T.Type, from request: Request, context: some RequestContext, limit: Int = .max
    ) async throws -> T {
        guard isJSON(request.headers[.contentType]) else {
            throw Refusal(.unsupportedMediaType, "Send the body as application/json.")
        }
        let limit = min(limit, context.maxUploadSize)
        // A body that announces its size need not be received to be refused.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw tooLarge(limit)
        }
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge(limit)
        }
        let json: StrictJSON
        guard buffer.readableBytes > 0 else {
            throw Refusal(.malformedRequest, "A JSON body is needed here.")
        }
        // The decoder alone takes members that repeat, and hashes their names, however they are made.
        do throws(StrictJSON.Fault) {
            let limits = StrictJSON.Limits(bytes: limit, depth: 16, members: 256, nodes: 65_536)
            json = try StrictJSON(Array(buffer.readableBytesView), limits: limits)
        } catch {
            throw Refusal(.malformedRequest, "The body is not valid JSON.", cause: "\(error)")
        }
        try StreamSafeText.check(json)
        do {
            return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
        } catch let error as DecodingError {
            throw DecodingFault.refusal(error)
        }
    }

    /// application/json with the status; keys sorted.
    package static func response(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Array(try encoder.encode(value)))))
    }

    private static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(.payloadTooLarge, "The body may have at most \(limit) bytes.")
    }

    /// `application/json`, with or without parameters, and `application/…+json`.
    static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}

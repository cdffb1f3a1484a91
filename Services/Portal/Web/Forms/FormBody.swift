import Foundation
import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import ServerKit

/// Bodies of the forms (application/x-www-form-urlencoded), bounded.
enum FormBody {
    static let maximumBytes = 16 * 1024

    static func decode<T: Decodable>(
        _ type: T.Type, from request: Request, maximumBytes: Int = maximumBytes
    ) async throws -> T {
        let mediaType = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard mediaType == "application/x-www-form-urlencoded" else {
            throw Refusal(.unsupportedMediaType, "Send the form as application/x-www-form-urlencoded.")
        }
        let tooLarge = Refusal(.payloadTooLarge, "The form is too large.")
        if let length = request.headers[.contentLength].flatMap(Int.init), length > maximumBytes { throw tooLarge }
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: maximumBytes)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
        let text = String(buffer: bytes)
        guard StreamSafeText.isSafe(text.removingPercentEncoding ?? text) else {
            throw Refusal(.malformedRequest, "The form can't be read.")
        }
        do {
            return try URLEncodedFormDecoder().decode(type, from: text)
        } catch {
            // The decoder's own words could quote the password.
            throw Refusal(.malformedRequest, "The form is incomplete.")
        }
    }
}

/// A form with the token that proves where it came from.
struct GuardedForm<Fields: Decodable & Sendable>: Sendable {
    let fields: Fields
    let formToken: String?

    init(request: Request, maximumBytes: Int = FormBody.maximumBytes) async throws {
        let body = try await FormBody.decode(Body.self, from: request, maximumBytes: maximumBytes)
        fields = body.fields
        formToken = body.formToken
    }

    private struct Body: Decodable {
        var fields: Fields
        var formToken: String?

        init(from decoder: any Decoder) throws {
            formToken = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .formToken)
            fields = try Fields(from: decoder)
        }

        enum CodingKeys: String, CodingKey { case formToken = "form_token" }
    }
}

/// A form of nothing but a button.
struct NoFields: Decodable, Sendable {}

extension FormGuard {
    /// Throws the refusal that the person sees.
    static func admit(_ request: Request, cookie: OpaqueToken?, formToken: String?) throws(Refusal) {
        let sender = Sender(
            fetchSite: request.headers[.secFetchSite], origin: request.headers[.origin],
            host: request.head.authority)
        do {
            try check(sender, cookie: cookie, formToken: formToken)
        } catch {
            switch error {
            case .crossSite:
                throw Refusal(.csrfRejected, "This form was sent from another site.")
            case .token:
                throw Refusal(
                    .csrfRejected,
                    "This form has expired, or the browser keeps no cookies. Go back to the start and try again.")
            }
        }
    }
}

extension HTTPField.Name {
    // A valid token (RFC 9110 §5.6.2).
    fileprivate static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .server
}

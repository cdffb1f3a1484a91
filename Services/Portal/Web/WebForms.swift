import Foundation
import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import ServerKit

/// Bodies of the forms (application/x-www-form-urlencoded), bounded.
private enum FormBody {
    static let maximumBytes = 16 * 1024

    static func decode<T: Decodable>(_ type: T.Type, from request: Request) async throws -> T {
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

struct SignInForm: Sendable {
    let email: String
    let password: Password
    let formToken: String?

    init(request: Request) async throws {
        let fields = try await FormBody.decode(Fields.self, from: request)
        email = fields.email
        password = fields.password
        formToken = fields.formToken
        guard !password.isTooLong else { throw Refusal(.invalidInput, "The password is too long.") }
    }

    private struct Fields: Decodable {
        var email: String
        var password: Password
        var formToken: String?

        enum CodingKeys: String, CodingKey {
            case email, password
            case formToken = "form_token"
        }
    }
}

struct SignOutForm: Sendable {
    let formToken: String?

    init(request: Request) async throws {
        formToken = try await FormBody.decode(Fields.self, from: request).formToken
    }

    private struct Fields: Decodable {
        var formToken: String?

        enum CodingKeys: String, CodingKey { case formToken = "form_token" }
    }
}

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

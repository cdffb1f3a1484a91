import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Portal

/// A browser with a jar, as far as these pages need one.
struct Browser: Sendable {
    let client: Client
    let kind: PortalKind
    private(set) var jar: [String: String] = [:]

    init(_ client: Client, kind: PortalKind = .platform) {
        self.client = client
        self.kind = kind
    }

    var sessionCookie: String? { jar["lockstep_\(kind.rawValue)_session"] }

    private var cookies: HTTPFields {
        jar.isEmpty ? [:] : [.cookie: jar.map { "\($0)=\($1)" }.joined(separator: "; ")]
    }

    mutating func get(_ path: String) async throws -> TestResponse {
        keep(try await client.send(.get, path, headers: cookies))
    }

    mutating func post(_ path: String, _ form: [String: String], headers extra: HTTPFields = [:]) async throws
        -> TestResponse
    {
        var headers = cookies
        headers[.contentType] = "application/x-www-form-urlencoded"
        headers[HTTPField.Name("Sec-Fetch-Site") ?? .origin] = "same-origin"
        for field in extra { headers[field.name] = field.value.isEmpty ? nil : field.value }
        let body = form.map { "\($0)=\(Self.escape($1))" }.joined(separator: "&")
        return keep(try await client.send(.post, path, headers: headers, body: body))
    }

    mutating func signIn(
        _ email: String = TestPortal.adminEmail, _ password: String = TestPortal.adminPassword
    ) async throws -> TestResponse {
        let token = try Self.formToken(in: await get("/login"))
        return try await post("/login", ["email": email, "password": password, "form_token": token])
    }

    mutating func plant(_ name: String, _ value: String) { jar[name] = value }

    /// Of a page's first form.
    static func formToken(in page: TestResponse) throws -> String {
        let match = try #require(page.text.firstMatch(of: /name="form_token" value="([^"]+)"/))
        return String(match.1)
    }

    private mutating func keep(_ response: TestResponse) -> TestResponse {
        for cookie in response.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            jar[String(pair[0])] = pair.count == 2 ? String(pair[1]) : nil
        }
        return response
    }

    private static func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// The sign-in page as a visitor without a session sees it, with this browser's form cookie.
    func fresh(_ path: String, _ browser: inout Browser) async throws -> TestResponse {
        var visitor = self
        let page = try await visitor.get(path)
        if let cookie = visitor.jar["lockstep_\(kind.rawValue)_form"] {
            browser.plant("lockstep_\(kind.rawValue)_form", cookie)
        }
        return page
    }
}

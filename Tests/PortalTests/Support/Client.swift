import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting

@testable import Portal

/// Speaks to a portal as its clients do.
struct Client: Sendable {
    private let client: any TestClientProtocol

    init(_ client: any TestClientProtocol) { self.client = client }

    static let auth = "/api/v1/auth/"

    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String? = nil
    ) async throws -> TestResponse {
        try await client.execute(uri: path, method: method, headers: headers, body: body.map(ByteBuffer.init(string:)))
        {
            $0
        }
    }

    func post(_ name: String, _ json: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = headers[.contentType] ?? "application/json"
        return try await send(.post, Self.auth + name, headers: headers, body: json)
    }

    func login(
        _ email: String = TestPortal.adminEmail, _ password: String = TestPortal.adminPassword
    ) async throws -> TestResponse {
        try await post("login", #"{"email":"\#(email)","password":"\#(password)"}"#)
    }

    func tokens(
        _ email: String = TestPortal.adminEmail, _ password: String = TestPortal.adminPassword
    ) async throws -> TokensDocument {
        try await login(email, password).json()
    }

    func refresh(_ token: String) async throws -> TestResponse {
        try await post("refresh", #"{"refresh_token":"\#(token)"}"#)
    }

    func register(
        _ email: String, _ password: String = TestPortal.customerPassword, name: String = "Ada"
    ) async throws -> TestResponse {
        try await post("register", #"{"email":"\#(email)","password":"\#(password)","name":"\#(name)"}"#)
    }

    func get(_ name: String, as token: String) async throws -> TestResponse {
        try await send(.get, Self.auth + name, headers: bearer(token))
    }

    func bearer(_ token: String) -> HTTPFields { [.authorization: "Bearer \(token)"] }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    func json<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }

    /// The stable code of a problem body.
    var code: String? { (try? json(Problem.self))?.code }
}

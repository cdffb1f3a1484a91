import Contracts
import FoundationEssentials
import HTTPKit
import HTTPTypes
import HummingbirdTesting
import Logging
import Secrets
import ServerKit
import TestSupport
import Testing

@Suite("The server's edge")
struct EdgeTests {
    private func problem(_ response: TestResponse) throws -> Problem {
        #expect(response.headers[.contentType] == "application/problem+json")
        return try JSONDecoder().decode(Problem.self, from: Data(response.text.utf8))
    }

    @Test(
        "every answer carries the request's id and the security headers", arguments: ["/open/1", "/nothing", "/fails"])
    func headers(_ path: String) async throws {
        let world = try await World()
        let name = try #require(HTTPField.Name("X-Request-Id"))
        let response = try await world.get(path, [name: "client-id-1"])
        #expect(response.headers[name] == "client-id-1")
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(response.headers[try #require(HTTPField.Name("Referrer-Policy"))] == "no-referrer")
    }

    @Test("an id that could forge a log line is replaced")
    func forgedID() async throws {
        let world = try await World()
        let name = try #require(HTTPField.Name("X-Request-Id"))
        let response = try await world.get("/open/1", [name: "evil\"},{\"x"])
        #expect(response.headers[name]?.count == 32)
    }

    @Test("an unknown path is a problem with the request's id and path")
    func notFound() async throws {
        let world = try await World()
        let response = try await world.get("/nothing?secret=1")
        let problem = try problem(response)
        #expect(response.status == .notFound)
        #expect(problem.code == "not_found")
        #expect(problem.instance == "/nothing")
        #expect(problem.requestID == response.headers[try #require(HTTPField.Name("X-Request-Id"))])
    }

    @Test("a known path with another method says which it has", arguments: ["/open/1", "/users/me", "/health"])
    func methodNotAllowed(_ path: String) async throws {
        let response = try await World().send(.delete, path)
        #expect(response.status == .methodNotAllowed)
        #expect(try problem(response).code == "method_not_allowed")
        #expect(response.headers[.allow] == "GET, HEAD")
    }

    @Test("an error that nobody foresaw is a 500 whose cause is in the log alone")
    func internalError() async throws {
        let world = try await World(.development)
        let response = try await world.get("/fails")
        #expect(response.status == .internalServerError)
        #expect(try problem(response).code == "internal_error")
        #expect(!response.text.contains("db-7.internal"))
        let line = try #require(world.log.lines.first { $0.message == "Request failed" })
        #expect(line.metadata["cause"]?.contains("db-7.internal") == true)
    }

    @Test("the framework's refusals become problems, their words go to the log")
    func httpError() async throws {
        let world = try await World()
        let response = try await world.get("/refuses")
        #expect(response.status == .conflict)
        #expect(try problem(response).code == "conflict")
        #expect(!response.text.contains("row 17"))
        #expect(world.log.lines.contains { $0.metadata["cause"]?.contains("row 17") == true })
    }

    @Test("each request has one line in the access log, without its query")
    func accessLog() async throws {
        let world = try await World()
        let token = try world.token()
        _ = try await world.get("/users/me?code=hush", [.authorization: "Bearer \(token)"])
        let lines = world.log.lines.filter { $0.message == "Request answered" }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.metadata["method"] == "GET")
        #expect(line.metadata["path"] == "/users/me")
        #expect(line.metadata["status"] == "200")
        #expect(line.metadata["bytes"] == "3")
        #expect(line.metadata["user"] == "u-1")
        #expect(line.metadata["kid"] == world.verifier.ring.current?.id.rawValue)
        #expect(line.metadata["peer"] != nil)
        #expect(line.metadata["request_id"]?.count == 32)
        #expect(Double(line.metadata["duration_ms"] ?? "") != nil)
        #expect(!world.log.text.contains("hush"))
        #expect(!world.log.text.contains(token))
    }

    @Test("what asks for health all the time is told at debug")
    func quietHealth() async throws {
        let world = try await World()
        _ = try await world.get("/health")
        #expect(world.log.lines.last { $0.message == "Request answered" }?.level == .debug)
    }

    @Test("HEAD is answered where GET is")
    func head() async throws {
        let response = try await World().send(.head, "/open/1")
        #expect(response.status == .ok)
    }
}

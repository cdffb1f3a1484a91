import HTTPTypes
import HummingbirdTesting
import Secrets
import ServerKit
import Testing

@Suite("Bodies and pages")
struct BodyTests {
    private static let json: HTTPFields = [.contentType: "application/json"]

    @Test(
        "a JSON body is decoded, an answer's members are sorted",
        arguments: ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"])
    func decodes(_ type: String) async throws {
        let response = try await World().send(
            .post, "/open", [.contentType: type], body: "{\"name\":\"a\",\"count\":1}")
        #expect(response.status == .ok)
        #expect(response.text == "{\"count\":1,\"name\":\"a\"}")
    }

    @Test(
        "any other media type is refused",
        arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "text/json"] as [String?])
    func mediaType(_ type: String?) async throws {
        var headers = HTTPFields()
        headers[.contentType] = type
        let response = try await World().send(.post, "/open", headers, body: "{\"name\":\"a\",\"count\":1}")
        #expect(response.status == .unsupportedMediaType)
    }

    @Test("what is no JSON is malformed", arguments: ["", "{", "nope", "{\"name\":", "[]", "1"])
    func malformed(_ body: String) async throws {
        let response = try await World().send(.post, "/open", Self.json, body: body)
        #expect(response.status == .badRequest)
        #expect(response.text.contains("\"code\":\"malformed_request\""))
    }

    @Test(
        "a wrong field is named",
        arguments: [
            ("{\"count\":1}", "\"name\":\"is missing\""), ("{\"name\":1,\"count\":1}", "\"name\":\"is not a text\""),
            ("{\"name\":\"a\",\"count\":\"1\"}", "\"count\":\"is not a whole number\""),
            ("{\"name\":null,\"count\":1}", "\"name\":\"may not be null\""),
            ("{\"name\":\"a\",\"count\":1,\"tags\":[\"x\",2]}", "\"tags.1\":\"is not a text\""),
        ])
    func fields(_ body: String, _ expected: String) async throws {
        let response = try await World().send(.post, "/open", Self.json, body: body)
        #expect(response.status == .unprocessableContent)
        #expect(response.text.contains("\"code\":\"invalid_input\""))
        #expect(response.text.contains(expected))
    }

    @Test("a body beyond 1 MiB is refused, announced or not")
    func tooLarge() async throws {
        let body = "{\"name\":\"" + String(repeating: "a", count: 1_100_000) + "\",\"count\":1}"
        let response = try await World().send(.post, "/open", Self.json, body: body)
        #expect(response.status == .contentTooLarge)
        #expect(response.text.contains("\"code\":\"payload_too_large\""))
    }

    @Test(
        "pages are counted from one, a hundred each",
        arguments: [("/page", "1 100 0"), ("/page?page=3&perPage=20", "3 20 40"), ("/page?perPage=500", "1 500 0")])
    func paging(_ uri: String, _ expected: String) async throws {
        #expect(try await World().get(uri).text == expected)
    }

    @Test(
        "a page that can't be is refused with its field",
        arguments: [
            "page=0", "page=-1", "page=x", "page=", "perPage=0", "perPage=501", "page=99999999999999999999",
            "page=9223372036854775807", "page=%31x",
        ])
    func badPaging(_ query: String) async throws {
        let response = try await World().get("/page?\(query)")
        #expect(response.status == .unprocessableContent)
        #expect(response.text.contains("\"fields\":{\"\(query.prefix { $0 != "=" })\""))
    }
}

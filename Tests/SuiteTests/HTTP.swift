import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small client for what the tests ask.
enum HTTP {
    /// Answers are looked at as they come: a redirect is an answer. Lives as long as the test process.
    static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // Nobody listening is an answer too: `poll` asks again.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }()

    struct Reply {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
        /// The stable code of a problem body.
        var code: String? { json["code"] as? String }
        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    static func get(_ url: String, token: String? = nil, headers: [String: String] = [:]) async throws -> Reply {
        try await send("GET", url, token: token, headers: headers)
    }

    static func post(
        _ url: String, json: [String: Any] = [:], token: String? = nil, headers: [String: String] = [:]
    ) async throws -> Reply {
        try await send("POST", url, json: json, token: token, headers: headers)
    }

    static func send(
        _ method: String, _ url: String, json: [String: Any]? = nil, token: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        try await send(
            method, url, body: try json.map { try JSONSerialization.data(withJSONObject: $0) }, token: token,
            headers: headers)
    }

    /// - Parameter body: JSON, sent byte for byte.
    static func send(
        _ method: String, _ url: String, body: Data?, token: String? = nil, headers: [String: String] = [:]
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let token { request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 4 * 1024 * 1024)
        return Reply(
            status: Int(response.status.code),
            headers: response.headers.map { ($0.name, $0.value) },
            body: Data(body.readableBytesView))
    }
}

extension HTTP {
    static func postForm(
        _ url: String, fields: [String: String], headers: [String: String] = [:]
    ) async throws -> Reply {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let body = fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }.joined(separator: "&")
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.headers.replaceOrAdd(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await client.execute(request, timeout: .seconds(30))
        let collected = try await response.body.collect(upTo: 1024 * 1024)
        return Reply(
            status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
            body: Data(collected.readableBytesView))
    }
}

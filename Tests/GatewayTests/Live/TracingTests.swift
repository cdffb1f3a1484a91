import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite("Spans to a collector", .timeLimit(.minutes(10)))
struct TracingTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private struct Span {
        let traceID: String
        let spanID: String
        let parentID: String?
        let name: String
        let kind: Int
        let start: UInt64
        let end: UInt64
        let attributes: [String: String]
        let isError: Bool

        init(_ object: [String: Any]) throws {
            traceID = try #require(object["traceId"] as? String)
            spanID = try #require(object["spanId"] as? String)
            parentID = object["parentSpanId"] as? String
            name = try #require(object["name"] as? String)
            kind = try #require(object["kind"] as? Int)
            start = try #require(UInt64(object["startTimeUnixNano"] as? String ?? ""))
            end = try #require(UInt64(object["endTimeUnixNano"] as? String ?? ""))
            var attributes: [String: String] = [:]
            for attribute in object["attributes"] as? [[String: Any]] ?? [] {
                let value = try #require(attribute["value"] as? [String: String])
                attributes[try #require(attribute["key"] as? String)] = value["stringValue"] ?? value["intValue"]
            }
            self.attributes = attributes
            isError = (object["status"] as? [String: Int])?["code"] == 2
        }
    }

    private static func spans(_ body: [UInt8]) throws -> [Span] {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        let resources = try #require(object["resourceSpans"] as? [[String: Any]])
        return try resources.flatMap { resource in
            try #require(resource["scopeSpans"] as? [[String: Any]]).flatMap { scope in
                try #require(scope["spans"] as? [[String: Any]]).map(Span.init)
            }
        }
    }

    /// Once there are so many.
    private static func spans(_ collector: UpstreamServer, count: Int) async throws -> [Span] {
        var batches = 1
        while true {
            await collector.received(batches)
            let all = try collector.requests.flatMap { try spans($0.body) }
            if all.count >= count { return all }
            batches = collector.requests.count + 1
        }
    }

    private static func run(
        _ variables: [String: String] = [:], plant handler: @escaping UpstreamServer.Handler = TestPlant.friendly,
        collector answer: @escaping UpstreamServer.Handler = { _ in .json("{}") },
        _ body: @Sendable (TestGateway, UpstreamServer, UpstreamServer) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(answer) { collector in
            try await UpstreamServer.with(handler) { plant in
                let all = ["OTEL_EXPORTER_OTLP_ENDPOINT": collector.url].merging(variables) { $1 }
                try await TestGateway.run(plant: plant, all) { try await body($0, plant, collector) }
            }
        }
    }

    @Test("a sampled request has a server span below the client's and a client span that is the upstream's parent")
    func spans() async throws {
        let variables = ["OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b", "OTEL_SERVICE_NAME": "front"]
        try await Self.run(variables) { gateway, plant, collector in
            let token = try TestTokens.token()
            let headers = ["traceparent: \(Self.parent)", "tracestate: a=1", "Cookie: sid=a-cookie"]
            #expect(try await gateway.get("/api/v1/x?q=a-query", headers, token: token).status == 200)
            let all = try await Self.spans(collector, count: 2)
            try #require(all.count == 2)
            let server = all[0], client = all[1]
            #expect(server.traceID == "0af7651916cd43dd8448eb211c80319c")
            #expect(server.parentID == "b7ad6b7169203331")
            #expect(server.kind == 2)
            #expect(server.name == "GET /api/")
            #expect(!server.isError)
            #expect(
                server.attributes == [
                    "http.request.method": "GET", "http.route": "/api/", "url.path": "/api/v1/x", "url.scheme": "http",
                    "http.response.status_code": "200", "lockstep.route": "plant",
                ])
            #expect(client.traceID == server.traceID)
            #expect(client.parentID == server.spanID)
            #expect(client.kind == 3)
            #expect(
                client.attributes == [
                    "http.request.method": "GET", "server.address": "127.0.0.1", "server.port": "\(plant.port)",
                    "http.response.status_code": "200",
                ])
            #expect(server.start <= client.start && client.start <= client.end && client.end <= server.end)
            let upstream = try #require(plant.requests(to: "/api/v1/x").first)
            #expect(upstream.values("traceparent") == ["00-\(server.traceID)-\(client.spanID)-01"])
            // The question of who the customer is belongs to the request, not to its upstream call.
            let question = try #require(plant.requests(to: TestPlant.validatePath).first)
            #expect(question.values("traceparent") == ["00-\(server.traceID)-\(server.spanID)-01"])
            let line = await gateway.log.lines(of: "request", count: 1)[0]
            #expect(line.metadata["trace_id"] == server.traceID)
            let sent = try #require(collector.requests.first)
            #expect(sent.method == "POST")
            #expect(sent.path == "/v1/traces")
            #expect(sent.values("content-type") == ["application/json"])
            #expect(sent.values("x-key") == ["a b"])
            let text = String(decoding: sent.body, as: UTF8.self)
            #expect(text.contains(#"{"key":"service.name","value":{"stringValue":"front"}}"#))
            for secret in [token, "a-query", "a-cookie", "ada@example.com", "user-1"] {
                #expect(!text.contains(secret))
            }
        }
    }

    @Test(
        "a refusal has no client span; a failure says its kind; methods and paths that nobody knows make no new names")
    func failures() async throws {
        let handler: UpstreamServer.Handler = { request in
            request.path == "/api/close" ? .close : .json("{}", status: 503)
        }
        let variables = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]
        try await Self.run(variables, plant: handler) { gateway, _, collector in
            let token = try TestTokens.token()
            #expect(try await gateway.get("/api/v1/x").status == 401)
            #expect(try await Self.spans(collector, count: 1).count == 1)
            #expect(try await gateway.get("/api/v1/x", token: token).status == 503)
            #expect(try await Self.spans(collector, count: 3).count == 3)
            #expect(
                try await gateway.send(TestGateway.request("POST", "/api/close", token: token, body: "x")).status == 502
            )
            #expect(try await Self.spans(collector, count: 5).count == 5)
            #expect(try await gateway.send(TestGateway.request("BREW", "/pot")).status == 404)
            let all = try await Self.spans(collector, count: 6)
            try #require(all.count == 6)
            #expect(all.map(\.kind) == [2, 2, 3, 2, 3, 2])
            #expect(all[0].attributes["lockstep.code"] == "missing_token")
            #expect(!all[0].isError)
            #expect(all[1].attributes["error.type"] == "503")
            #expect(all[2].attributes["error.type"] == "503")
            #expect(all[3].attributes["error.type"] == "bad_gateway")
            #expect(all[4].attributes["error.type"] == "connection_lost")
            #expect(all[1...4].map(\.isError) == [true, true, true, true])
            #expect(all[5].name == "_OTHER")
            #expect(all[5].parentID == nil)
        }
    }

    @Test("the client's decision is kept by a parent-based sampler, and none is made anew by always_off")
    func sampling() async throws {
        let variables = [
            "OTEL_TRACES_SAMPLER": "parentbased_always_off", "GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false",
        ]
        try await Self.run(variables) { gateway, plant, collector in
            let token = try TestTokens.token()
            #expect(try await gateway.get("/api/a", token: token).status == 200)
            let unsampled = "traceparent: " + Self.parent.dropLast(2) + "00"
            #expect(try await gateway.get("/api/b", [unsampled], token: token).status == 200)
            #expect(try await gateway.get("/api/c", ["traceparent: " + Self.parent], token: token).status == 200)
            let all = try await Self.spans(collector, count: 2)
            #expect(all.map { $0.attributes["url.path"] } == ["/api/c", nil])
            #expect(plant.requests.map { $0.values("traceparent")[0].suffix(2) } == ["00", "00", "01"])
        }
    }

    @Test("a collector that is out of order costs spans and no request, and is told of once")
    func brokenCollector() async throws {
        let variables = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]
        try await Self.run(variables, collector: { _ in .json("{}", status: 400) }) { gateway, _, collector in
            let token = try TestTokens.token()
            for number in 1...3 {
                #expect(try await gateway.get("/api/x", token: token).status == 200)
                await collector.received(number)
            }
            _ = await gateway.log.lines(of: "spans are lost: the collector does not take them", count: 1)
            #expect(gateway.log.messages.count { $0.hasPrefix("spans are lost") } == 1)
        }
    }

    @Test("what was finished last is sent when the gateway stops, and probes of its own endpoints are no spans")
    func lastOnes() async throws {
        try await UpstreamServer.with({ _ in .json("{}") }) { collector in
            try await UpstreamServer.with(TestPlant.friendly) { plant in
                let variables = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector.url + "/own/path"]
                try await TestGateway.run(plant: plant, variables) { gateway in
                    _ = try await gateway.get("/health")
                    _ = try await gateway.get("/api/last")
                }
            }
            #expect(collector.requests.map(\.path) == ["/own/path"])
            let all = try collector.requests.flatMap { try Self.spans($0.body) }
            #expect(all.map { $0.attributes["url.path"] } == ["/api/last"])
        }
    }

    @Test("without an endpoint there is no tracer, and a trace goes on as it came")
    func off() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]) { gateway in
                let headers = ["traceparent: " + Self.parent]
                #expect(try await gateway.get("/api/x", headers, token: try TestTokens.token()).status == 200)
                let sent = try #require(plant.requests.first?.values("traceparent").first)
                #expect(sent.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-"))
                #expect(sent.hasSuffix("-01"))
                #expect(!sent.contains("b7ad6b7169203331"))
            }
        }
    }
}

@Suite("Sampling and queueing of spans")
struct SpanQueueTests {
    private static func settings(_ variables: [String: String]) -> (TracingSettings?, any Error)? {
        let reader = SettingsReader(variables: variables)
        let settings = TracingSettings(reader: reader)
        do {
            try reader.finish()
            return nil
        } catch {
            return (settings, error)
        }
    }

    @Test("each sampler decides as OpenTelemetry says")
    func samplers() {
        #expect(SpanSampler(.alwaysOn).samples(parent: false, trace: 7))
        #expect(!SpanSampler(.alwaysOff).samples(parent: true, trace: 7))
        #expect(SpanSampler(.parentAlwaysOn).samples(parent: nil, trace: .max))
        #expect(!SpanSampler(.parentAlwaysOn).samples(parent: false, trace: 7))
        #expect(SpanSampler(.parentAlwaysOff).samples(parent: true, trace: 7))
        #expect(!SpanSampler(.parentAlwaysOff).samples(parent: nil, trace: 7))
        let quarter = SpanSampler(.ratio, ratio: 0.25)
        // The upper byte is not random.
        #expect(quarter.samples(parent: false, trace: 0xFF3F_FFFF_FFFF_FFFF))
        #expect(!quarter.samples(parent: true, trace: 0x0040_0000_0000_0000))
        #expect(!SpanSampler(.ratio, ratio: 0).samples(parent: nil, trace: 0))
        #expect(SpanSampler(.parentRatio, ratio: 1).samples(parent: nil, trace: .max))
        #expect(!SpanSampler(.parentRatio, ratio: 1).samples(parent: false, trace: 0))
    }

    @Test("the queue is bounded: what there is no room for is dropped, and the oldest go first")
    func bounded() {
        let queue = SpanQueue(capacity: 3)
        func span(_ number: UInt64) -> FinishedSpan {
            FinishedSpan(
                kind: .server, traceHigh: 1, traceLow: 1, identifier: number, parent: 0, state: nil, startedAt: 1,
                endedAt: 2)
        }
        queue.add([span(1), span(2)])
        queue.add([span(3), span(4)])
        queue.add([span(5)])
        #expect(queue.count == 3)
        #expect(queue.take(2).map(\.identifier) == [1, 2])
        #expect(queue.take(2).map(\.identifier) == [3])
        #expect(queue.take(2).isEmpty)
    }

    @Test(
        "settings that mean nothing are told, and no byte of a header's value with them",
        arguments: [
            ["OTEL_TRACES_SAMPLER": "sometimes"], ["OTEL_TRACES_SAMPLER_ARG": "2"], ["OTEL_TRACES_SAMPLER_ARG": "nan"],
            ["OTEL_EXPORTER_OTLP_HEADERS": "a-secret-value"], ["OTEL_EXPORTER_OTLP_HEADERS": "x=a-secret-value%0d%0a"],
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"],
        ])
    func faults(_ variables: [String: String]) throws {
        let (_, error) = try #require(Self.settings(variables))
        #expect(!"\(error)".contains("a-secret-value"))
    }

    @Test("the endpoint for traces is taken as it is, the other one with /v1/traces; without both there is nothing")
    func endpoints() {
        func endpoint(_ variables: [String: String]) -> String? {
            TracingSettings(reader: SettingsReader(variables: variables))?.endpoint
        }
        #expect(endpoint([:]) == nil)
        #expect(endpoint(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/"]) == "http://c:4318/v1/traces")
        #expect(
            endpoint(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://d/t"])
                == "http://d/t")
    }
}

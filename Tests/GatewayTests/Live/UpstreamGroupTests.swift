import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("Upstreams of several servers", .timeLimit(.minutes(10)))
struct UpstreamGroupTests {
    static let internalLine = "Authorization: Bearer \(TestGateway.internalToken)"

    /// What a server answers, by the test's word.
    final class Mood: Sendable {
        private let status = Mutex(200)
        func set(_ new: Int) { status.withLock { $0 = new } }
        var handler: UpstreamServer.Handler { { [self] _ in .json("{}", status: status.withLock { $0 }) } }
    }

    /// A gateway whose route `/r/` leads to a group `u`.
    /// - Parameter group: its members in YAML, in braces.
    static func run(
        plant: UpstreamServer, group: String, _ variables: [String: String] = [:],
        _ body: @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let file = try TemporaryFile(
            """
            version: 1
            upstreams:
              u: \(group)
            routes: [{prefix: /r/, upstream: u, auth: public}]
            """)
        try await TestGateway.run(plant: plant, variables.merging(["GW_ROUTES_FILE": file.path]) { $1 }, body)
    }

    static func with(
        _ first: @escaping UpstreamServer.Handler, _ second: @escaping UpstreamServer.Handler,
        _ body: (UpstreamServer, UpstreamServer) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(first) { a in
            try await UpstreamServer.with(second) { b in try await body(a, b) }
        }
    }

    private static func statuses(_ gateway: TestGateway, _ count: Int, method: String = "GET") async throws -> [Int] {
        let client = try await gateway.connect()
        var statuses: [Int] = []
        for _ in 0..<count {
            let request = TestGateway.request(method, "/r/x", body: method == "GET" ? nil : "body")
            statuses.append(try await client.request(request).status)
        }
        client.close()
        return statuses
    }

    @Test("weights are followed exactly, on every loop", arguments: [1, 2])
    func weights(_ threads: Int) async throws {
        try await Self.with(TestPlant.friendly, TestPlant.friendly) { a, b in
            let group = "{targets: [{url: \"\(a.url)\", weight: 3}, \"\(b.url)/base\"]}"
            try await Self.run(plant: a, group: group, ["GW_THREADS": "\(threads)"]) { gateway in
                for _ in 0..<(threads * 2) {
                    let statuses = try await Self.statuses(gateway, 20)
                    #expect(statuses.allSatisfy { $0 == 200 })
                }
                let requests = threads * 40
                #expect(a.requests(to: "/r/x").count == requests * 3 / 4)
                #expect(b.requests(to: "/base/r/x").count == requests / 4)
            }
        }
    }

    /// As long as a busy machine may take for an answer.
    private static let patient = "interval: 3s, timeout: 3s, healthy_after: 1, unhealthy_after: 1"

    /// Waits until the log has said it so often of that server.
    private static func said(_ message: String, of server: UpstreamServer, _ count: Int, _ gateway: TestGateway) async {
        var lines = 1
        while true {
            let found = await gateway.log.lines(of: message, count: lines)
            if found.count < lines || found.count(where: { $0.metadata["target"] == server.url }) >= count { return }
            lines = found.count + 1
        }
    }

    @Test("a server that fails its health check is left out, and comes back")
    func healthCheck() async throws {
        let mood = Mood()
        try await Self.with(mood.handler, TestPlant.friendly) { a, b in
            let group = "{targets: [\"\(a.url)\", \"\(b.url)\"], health: {path: /up, \(Self.patient)}}"
            try await Self.run(plant: b, group: group) { gateway in
                await Self.said("upstream target is healthy", of: a, 1, gateway)
                await Self.said("upstream target is healthy", of: b, 1, gateway)
                #expect(a.requests(to: "/up").first?.values("connection") == ["close"])
                mood.set(503)
                await Self.said("upstream target is unhealthy", of: a, 1, gateway)
                let before = a.requests(to: "/r/x").count
                let without = try await Self.statuses(gateway, 10)
                #expect(without.allSatisfy { $0 == 200 })
                #expect(a.requests(to: "/r/x").count == before)
                #expect(gateway.log.text.contains("/up answered 503"))
                mood.set(200)
                await Self.said("upstream target is healthy", of: a, 2, gateway)
                let again = try await Self.statuses(gateway, 10)
                #expect(again.allSatisfy { $0 == 200 })
                #expect(a.requests(to: "/r/x").count == before + 5)
            }
        }
    }

    @Test("with none in service the answer is an explained 503, and the upstream is asked nothing")
    func allDown() async throws {
        let (first, second) = (Mood(), Mood())
        first.set(500)
        second.set(204)
        try await Self.with(first.handler, second.handler) { a, b in
            let group = "{targets: [\"\(a.url)\", \"\(b.url)\"], health: {path: /up, \(Self.patient)}}"
            try await Self.run(plant: b, group: group) { gateway in
                await Self.said("upstream target is unhealthy", of: a, 1, gateway)
                await Self.said("upstream target is healthy", of: b, 1, gateway)
                #expect(try await Self.statuses(gateway, 3) == [204, 204, 204])
                second.set(500)
                let message = "upstream has no target in service: its routes answer 503"
                #expect(await gateway.log.lines(of: message, count: 1).count == 1)
                let before = b.requests(to: "/r/x").count
                let answer = try await gateway.get("/r/x")
                #expect(answer.status == 503)
                #expect(answer.code == "unavailable")
                #expect(answer.text.contains("every server of the service behind this route fails its health check"))
                #expect(answer.values("retry-after") == ["3"])
                #expect(b.requests(to: "/r/x").count == before)
                #expect(gateway.log.text.contains("upstream u: none of 2 targets is in service"))
                let report = try await gateway.get("/internal/v1/upstreams", [Self.internalLine]).text
                #expect(report.contains(#""reason":"/up answered 500""#))
                #expect(report.contains(#""state":"unhealthy""#))
                second.set(200)
                await Self.said("upstream target is healthy", of: b, 2, gateway)
                #expect(try await gateway.get("/r/x").status == 200)
            }
        }
    }

    @Test("good statuses are those that the file names")
    func statuses() async throws {
        let (first, second) = (Mood(), Mood())
        first.set(401)
        try await Self.with(first.handler, second.handler) { a, b in
            let group = """
                {targets: ["\(a.url)", "\(b.url)"], health: {path: /up, statuses: [401], \(Self.patient)}}
                """
            try await Self.run(plant: b, group: group) { gateway in
                await Self.said("upstream target is healthy", of: a, 1, gateway)
                await Self.said("upstream target is unhealthy", of: b, 1, gateway)
                #expect(gateway.log.text.contains("/up answered 200"))
                #expect(!gateway.log.text.contains("/up answered 401"))
            }
        }
    }

    @Test("a server that can't be reached costs no request, not even one with a body")
    func connectFailure() async throws {
        let folder = try TemporaryFolder()
        try await UpstreamServer.with(TestPlant.friendly) { b in
            let group = "{targets: [\"unix:\(folder.path("gone"))\", \"\(b.url)\"]}"
            try await Self.run(plant: b, group: group) { gateway in
                #expect(try await Self.statuses(gateway, 10, method: "POST") == Array(repeating: 200, count: 10))
                #expect(b.requests(to: "/r/x").count == 10)
                #expect(b.requests(to: "/r/x").allSatisfy { $0.body == Array("body".utf8) })
                let report = try await gateway.get("/internal/v1/upstreams", [Self.internalLine]).text
                #expect(report.contains(#""connect_failures":5"#))
            }
        }
    }

    @Test("the access log names the server that had the request last, and how many were tried; on other routes neither")
    func accessLog() async throws {
        let folder = try TemporaryFolder()
        try await UpstreamServer.with(TestPlant.friendly) { b in
            let group = "{targets: [\"unix:\(folder.path("gone"))\", \"\(b.url)\"]}"
            try await Self.run(plant: b, group: group) { gateway in
                #expect(try await Self.statuses(gateway, 2) == [200, 200])
                _ = try await gateway.get("/none")
                let lines = await gateway.log.lines(of: "request", count: 3).map(\.metadata)
                #expect(lines.map { $0["target"] } == [b.url, b.url, nil])
                #expect(lines.map { $0["attempts"] } == ["2", nil, nil])
            }
        }
    }

    @Test("none that can be reached is 502, after three at most")
    func noneReached() async throws {
        let folder = try TemporaryFolder()
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let targets = (0..<5).map { "\"unix:\(folder.path("\($0)"))\"" }.joined(separator: ", ")
            try await Self.run(plant: plant, group: "{targets: [\(targets)]}") { gateway in
                let answer = try await gateway.get("/r/x")
                #expect(answer.status == 502)
                #expect(answer.code == "bad_gateway")
                let report = try await gateway.get("/internal/v1/upstreams", [Self.internalLine]).text
                #expect(report.split(separator: #""connect_failures":1"#).count == 4)
            }
        }
    }

    @Test("a server that dies is left out by its failures, and comes back when it listens again")
    func outlierDies() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.sock")
        let a = try await UpstreamServer.start(unixPath: path, TestPlant.friendly)
        try await UpstreamServer.with(TestPlant.friendly) { b in
            let group = "{targets: [\"unix:\(path)\", \"\(b.url)\"], outlier: {failures: 2, eject_for: 100ms}}"
            try await Self.run(plant: b, group: group) { gateway in
                #expect(try await Self.statuses(gateway, 4) == [200, 200, 200, 200])
                #expect(a.requests.count == 2)
                await a.stop()
                #expect(try await Self.statuses(gateway, 8) == Array(repeating: 200, count: 8))
                let out = await gateway.log.lines(of: "upstream target ejected", count: 1)
                #expect(out.first?.metadata["target"] == "unix:\(path)")
                let again = try await UpstreamServer.start(unixPath: path, TestPlant.friendly)
                let ejections = gateway.log.lines.count { $0.message == "upstream target ejected" }
                _ = await gateway.log.lines(of: "upstream target is back", count: ejections)
                #expect(try await Self.statuses(gateway, 4) == [200, 200, 200, 200])
                #expect(again.requests.count == 2)
                await again.stop()
            }
        }
    }

    @Test("outlier ejection: as many 5xx answers in a row as the rule says, and the server is asked no more")
    func outlier() async throws {
        let mood = Mood()
        try await Self.with(mood.handler, TestPlant.friendly) { a, b in
            let group = "{targets: [\"\(a.url)\", \"\(b.url)\"], outlier: {failures: 3, eject_for: 1h}}"
            try await Self.run(plant: b, group: group) { gateway in
                mood.set(500)
                #expect(try await Self.statuses(gateway, 4) == [500, 200, 500, 200])
                // One that goes well begins the count anew.
                mood.set(404)
                #expect(try await Self.statuses(gateway, 2) == [404, 200])
                mood.set(503)
                #expect(
                    try await Self.statuses(gateway, 16) == [503, 200, 503, 200, 503] + Array(repeating: 200, count: 11)
                )
                #expect(a.requests.count == 6)
                let lines = await gateway.log.lines(of: "upstream target ejected", count: 1)
                #expect(lines.map { $0.metadata["for_ms"] } == ["3600000"])
                let report = try await gateway.get("/internal/v1/upstreams", [Self.internalLine]).text
                #expect(report.contains(#""state":"ejected""#))
                #expect(report.contains(#""ejected_until":"#))
                #expect(report.contains(#""failures":5"#))
            }
        }
    }

    @Test("an ejection never takes the last server: what it says is passed on, and not a 503 of the gateway's own")
    func neverTheLast() async throws {
        let mood = Mood()
        mood.set(500)
        try await Self.with(mood.handler, mood.handler) { a, b in
            let outlier = "outlier: {failures: 1, eject_for: 1h, max_ejected_percent: 100}"
            let group = "{targets: [\"\(a.url)\", \"\(b.url)\"], \(outlier)}"
            try await Self.run(plant: b, group: group) { gateway in
                let statuses = try await Self.statuses(gateway, 12)
                #expect(statuses == Array(repeating: 500, count: 12))
                #expect(a.requests.count == 6 && b.requests.count == 6)
                #expect(await gateway.log.lines(of: "upstream target ejected", count: 2).count == 2)
            }
        }
    }

    @Test("a Unix socket behind the gateway: with its authority, and by its path in a route")
    func unixSocket() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("u.sock")
        try await UpstreamServer.with(unixPath: path, TestPlant.friendly) { server in
            try await UpstreamServer.with(TestPlant.friendly) { plant in
                let group = "{targets: [{url: \"unix:\(path)\", authority: \"app.internal:8080\"}]}"
                try await Self.run(plant: plant, group: group) { gateway in
                    let statuses = try await Self.statuses(gateway, 3)
                    #expect(statuses == [200, 200, 200])
                }
                #expect(server.requests.map { $0.values("host") } == Array(repeating: ["app.internal:8080"], count: 3))
                #expect(server.connections == 1)
                let file = try TemporaryFile("- {prefix: /, upstream: \"unix:\(path)\", auth: public}")
                try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                    let status = try await gateway.get("/a?b").status
                    #expect(status == 200)
                }
                #expect(server.requests.last?.target == "/a?b")
                #expect(server.requests.last?.values("host") == ["localhost"])
            }
        }
    }

    @Test("servers of a group hear who asks, and an assertion that is for their group alone")
    func identity() async throws {
        try await Self.with(TestPlant.friendly, TestPlant.friendly) { a, b in
            let file = try TemporaryFile(
                """
                version: 1
                upstreams: {u: {targets: ["\(a.url)", "\(b.url)"]}}
                routes: [{prefix: /r/, upstream: u, enrichment: true}]
                """)
            try await TestGateway.run(plant: b, ["GW_ROUTES_FILE": file.path]) { gateway in
                let token = try TestTokens.token()
                #expect(try await gateway.get("/r/x").status == 401)
                for _ in 0..<2 {
                    #expect(try await gateway.get("/r/x", ["X-User-Id: forged"], token: token).status == 200)
                }
                let requests = a.requests(to: "/r/x") + b.requests(to: "/r/x")
                #expect(requests.map { $0.values("x-user-id") } == [["user-1"], ["user-1"]])
                #expect(requests.map { $0.values("x-customer-id") } == [["customer-7"], ["customer-7"]])
                #expect(requests.allSatisfy { $0.values("x-gateway-assertion").count == 1 })
            }
        }
    }

    @Test("/internal/v1/upstreams: every upstream with its servers, for the internal token alone")
    func report() async throws {
        try await Self.with(TestPlant.friendly, TestPlant.friendly) { a, b in
            let group = "{targets: [{url: \"\(a.url)\", weight: 2}, \"\(b.url)\"]}"
            try await Self.run(plant: b, group: group) { gateway in
                let path = "/internal/v1/upstreams"
                #expect(try await gateway.get(path).status == 404)
                #expect(try await gateway.get(path, token: try TestTokens.token()).status == 404)
                #expect(try await gateway.get(path, [Self.internalLine, Self.internalLine]).status == 400)
                #expect(try await Self.statuses(gateway, 6).allSatisfy { $0 == 200 })
                let answer = try await gateway.get(path, [Self.internalLine])
                #expect(answer.status == 200)
                let connections = #""connections":{"idle":1,"open":1}"#
                #expect(
                    answer.text.contains(
                        """
                        {"name":"u","targets":[{"connect_failures":0,\(connections),"failures":0,"requests":4,\
                        "state":"unchecked","url":"\(a.url)","weight":2},\
                        {"connect_failures":0,\(connections),"failures":0,"requests":2,\
                        "state":"unchecked","url":"\(b.url)","weight":1}]}
                        """), "\(answer.text)")
                #expect(answer.text.contains(#"{"name":"plant","targets":[{"#))
            }
        }
    }
}

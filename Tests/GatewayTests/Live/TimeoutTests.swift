import TestSupport
import Testing

/// Each of `timeouts` by its name, with what the log says of it. To the second they are in `DeadlineTests`, where the test
/// moves the clock; here nothing depends on this machine being fast.
@Suite("Timeouts by their names", .timeLimit(.minutes(10)))
struct TimeoutTests {
    private static let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    /// - Parameter routes: the file, by the address of the upstream.
    private static func run(
        _ routes: (String) -> String, _ variables: [String: String] = [:],
        _ body: @Sendable (TestGateway, RawUpstream) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await RawUpstream.with { upstream in
                let file = try TemporaryFile(routes(upstream.url))
                try await TestGateway.run(plant: plant, variables.merging(["GW_ROUTES_FILE": file.path]) { $1 }) {
                    gateway in
                    try await body(gateway, upstream)
                    withExtendedLifetime(file) {}
                }
            }
        }
    }

    @Test("connect: who waits for it in vain, as others use what there is, is 504; nobody else is disturbed")
    func connect() async throws {
        let routes = { (url: String) in
            """
            - {prefix: /hold, upstream: "\(url)", auth: public}
            - {name: waits, prefix: /wait, upstream: "\(url)", auth: public, timeouts: {connect: 50ms}}
            """
        }
        try await Self.run(routes, ["GW_UPSTREAM_CONNECTIONS": "1"]) { gateway, upstream in
            let holder = try await gateway.connect()
            holder.post(TestGateway.request("GET", "/hold"))
            let server = try await upstream.accept()
            _ = try await server.head()
            let late = try await gateway.get("/wait")
            #expect(late.status == 504)
            #expect(late.code == "upstream_timeout")
            let line = try #require(await gateway.log.lines(of: "request refused", count: 1).first?.metadata)
            #expect(line["cause"]?.contains("timeouts.connect") == true)
            #expect(line["route"] == "waits")
            server.post(Self.empty)
            #expect(try await holder.response().status == 200)
            // Free by now: nobody has to wait for it, and it has heard nothing of the one that gave up.
            let next = try await gateway.connect()
            next.post(TestGateway.request("GET", "/wait"))
            #expect(try await server.head().hasPrefix("GET /wait "))
            server.post(Self.empty)
            #expect(try await next.response().status == 200)
        }
    }

    @Test("connect: in a group the next server gets the request, body and all")
    func connectInGroup() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { second in
            let routes = { (url: String) in
                """
                version: 1
                upstreams: {u: {targets: ["\(url)", "\(second.url)"]}}
                routes:
                  - {prefix: /hold, upstream: u, auth: public}
                  - {prefix: /r, upstream: u, auth: public, timeouts: {connect: 50ms}}
                """
            }
            try await Self.run(routes, ["GW_UPSTREAM_CONNECTIONS": "1"]) { gateway, first in
                let holder = try await gateway.connect()
                holder.post(TestGateway.request("GET", "/hold"))
                let server = try await first.accept()
                _ = try await server.head()
                // The other's turn: its connection is there from now on.
                #expect(try await gateway.get("/hold").status == 200)
                #expect(try await gateway.send(TestGateway.request("POST", "/r", body: "body")).status == 200)
                #expect(second.requests(to: "/r").map(\.body) == [Array("body".utf8)])
                let line = await gateway.log.lines(of: "request", count: 2).last?.metadata
                #expect(line?["attempts"] == "2")
                #expect(line?["target"] == second.url)
                server.post(Self.empty)
                #expect(try await holder.response().status == 200)
            }
        }
    }

    @Test("GW_CONNECT_TIMEOUT_MS: an upstream that does not take the connection is 502, and in a group passed over")
    func connectionSetting() async throws {
        let full = try FullListener()
        let folder = try TemporaryFolder()
        let socket = folder.path("second.sock")
        try await UpstreamServer.with(unixPath: socket, TestPlant.friendly) { second in
            let routes = { (_: String) in
                """
                version: 1
                upstreams: {u: {targets: ["\(full.url)", "unix:\(socket)"]}}
                routes:
                  - {prefix: /alone, upstream: "\(full.url)", auth: public}
                  - {prefix: /r, upstream: u, auth: public}
                """
            }
            try await Self.run(routes, ["GW_CONNECT_TIMEOUT_MS": "50"]) { gateway, _ in
                let answer = try await gateway.get("/alone")
                #expect(answer.status == 502)
                #expect(answer.code == "bad_gateway")
                let line = try #require(await gateway.log.lines(of: "request refused", count: 1).first?.metadata)
                #expect(line["cause"]?.hasPrefix("no connection: ") == true)
                #expect(try await gateway.send(TestGateway.request("POST", "/r", body: "body")).status == 200)
                #expect(second.requests.map(\.body) == [Array("body".utf8)])
                withExtendedLifetime((full, folder)) {}
            }
        }
    }

    @Test("GW_CONNECT_TIMEOUT_MS: a TLS handshake that is never answered is no connection either")
    func handshake() async throws {
        let routes = { (url: String) in
            "- {prefix: /, upstream: \"\(url.replacing("http:", with: "https:"))\", auth: public}"
        }
        try await Self.run(routes, ["GW_CONNECT_TIMEOUT_MS": "50"]) { gateway, _ in
            #expect(try await gateway.get("/x").code == "bad_gateway")
            let line = try #require(await gateway.log.lines(of: "request refused", count: 1).first?.metadata)
            #expect(line["cause"] == "no connection: no TLS handshake in time")
        }
    }

    /// What became of an answer that began and did not end: its lines in the log.
    private static func cut(_ gateway: TestGateway) async throws -> (why: [String: String], access: [String: String]) {
        let why = try #require(await gateway.log.lines(of: "answer cut short", count: 1).first?.metadata)
        let access = try #require(await gateway.log.lines(of: "request", count: 1).first?.metadata)
        #expect(access["cut"] == "true")
        #expect(access["code"] == "upstream_timeout")
        #expect(access["request_id"] == why["request_id"])
        return (why, access)
    }

    /// A request that has come to its upstream.
    private static func asked(
        _ gateway: TestGateway, _ upstream: RawUpstream
    ) async throws -> (client: RawClient, server: RawClient) {
        let client = try await gateway.connect()
        client.post(TestGateway.request("GET", "/x"))
        let server = try await upstream.accept()
        _ = try await server.head()
        return (client, server)
    }

    @Test("idle: an upstream that stops in the middle of its answer is hung up on, and the client sees a cut")
    func idle() async throws {
        let routes = { (url: String) in
            "- {name: idles, prefix: /, upstream: \"\(url)\", auth: public, timeouts: {idle: 50ms}}"
        }
        try await Self.run(routes) { gateway, upstream in
            let (client, server) = try await Self.asked(gateway, upstream)
            server.post("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            await #expect(throws: RawClient.Failure.self) { try await client.response() }
            #expect(await server.closed().rest.isEmpty)
            let (why, access) = try await Self.cut(gateway)
            #expect(why["cause"]?.contains("timeouts.idle") == true)
            #expect(why["cause"]?.contains("the upstream sent nothing more") == true)
            #expect(why["route"] == "idles")
            #expect(access["bytes_out"] == "4")
        }
    }

    @Test("total: an upstream that drips is cut when it is over, though no drip is late")
    func total() async throws {
        // As long as a busy machine may take for the head of an answer.
        let routes = { (url: String) in
            "- {prefix: /, upstream: \"\(url)\", auth: public, timeouts: {total: 3s}}"
        }
        try await Self.run(routes) { gateway, upstream in
            let (client, server) = try await Self.asked(gateway, upstream)
            server.post("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                // For as long as the gateway listens; how often matters to nobody.
                tasks.addTask {
                    while !Task.isCancelled {
                        server.post("x")
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                }
                await #expect(throws: RawClient.Failure.self) { try await client.response() }
                #expect(await server.closed().rest.isEmpty)
                tasks.cancelAll()
                try await tasks.waitForAll()
            }
            let (why, _) = try await Self.cut(gateway)
            #expect(why["cause"]?.contains("timeouts.total") == true)
        }
    }
}

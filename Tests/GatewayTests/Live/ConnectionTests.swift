import TestSupport
import Testing

@Suite("Connections on both sides", .timeLimit(.minutes(10)))
struct ConnectionTests {
    private static let quiet = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]

    @Test("one client connection and one upstream connection serve many requests")
    func keepAlive() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let token = try TestTokens.token()
                let client = try await gateway.connect()
                for index in 0..<50 {
                    let response = try await client.request(
                        TestGateway.request("GET", "/api/v1/\(index)", token: token))
                    #expect(response.status == 200)
                }
                #expect(plant.requests.count == 50)
                #expect(plant.connections == 1)
            }
        }
    }

    @Test("pipelined requests are answered in their order, refusals among them")
    func pipelining() async throws {
        try await UpstreamServer.with({ .json("\"\($0.path)\"") }) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let token = try TestTokens.token()
                let client = try await gateway.connect()
                var all = ""
                for index in 0..<20 {
                    all +=
                        index % 5 == 4
                        ? TestGateway.request("GET", "/api/v1/\(index)")
                        : TestGateway.request("POST", "/api/v1/\(index)", token: token, body: "body-\(index)")
                }
                try await client.send(all + TestGateway.request("GET", "/health") + "garbage\r\n\r\n")
                for index in 0..<20 {
                    let response = try await client.response()
                    if index % 5 == 4 {
                        #expect(response.code == "missing_token")
                    } else {
                        #expect(response.text == "\"/api/v1/\(index)\"")
                    }
                }
                #expect(try await client.response().text.contains("gateway"))
                #expect(try await client.response().status == 400)
                _ = await client.closed()
                #expect(
                    plant.requests.map { String(decoding: $0.body, as: UTF8.self) }
                        == (0..<20).filter { $0 % 5 != 4 }.map { "body-\($0)" })
            }
        }
    }

    @Test("Connection: close is answered and kept, HTTP/1.0 closes unless told otherwise")
    func close() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let token = try TestTokens.token()
                for request in [
                    TestGateway.request("GET", "/api/v1/x", ["Connection: close"], token: token),
                    "GET /api/v1/x HTTP/1.0\r\nAuthorization: Bearer \(token)\r\n\r\n",
                ] {
                    let client = try await gateway.connect()
                    let response = try await client.request(request)
                    #expect(response.values("connection") == ["close"])
                    #expect(await client.closed().rest == "")
                }
                let client = try await gateway.connect()
                let old = "GET /api/v1/x HTTP/1.0\r\nConnection: keep-alive\r\nAuthorization: Bearer \(token)\r\n\r\n"
                for _ in 0..<2 { #expect(try await client.request(old).values("connection") == ["keep-alive"]) }
            }
        }
    }

    @Test("HEAD, 204 and 304 end where they should")
    func bodiless() async throws {
        let handler: UpstreamServer.Handler = { request in
            switch request.path {
            case "/api/204": .respond(status: 204)
            case "/api/304": .respond(status: 304, headers: [("ETag", "\"1\""), ("Content-Length", "500")])
            default:
                .respond(status: 200, headers: [("Content-Length", "500")], body: Array(repeating: 120, count: 500))
            }
        }
        try await UpstreamServer.with(handler) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let token = try TestTokens.token()
                let client = try await gateway.connect()
                let head = try await client.request(TestGateway.request("HEAD", "/api/x", token: token), head: true)
                #expect(head.values("content-length") == ["500"])
                #expect(try await client.request(TestGateway.request("GET", "/api/204", token: token)).status == 204)
                #expect(try await client.request(TestGateway.request("GET", "/api/304", token: token)).status == 304)
                #expect(try await client.request(TestGateway.request("GET", "/api/x", token: token)).body.count == 500)
                let refused = try await client.request(TestGateway.request("HEAD", "/api/x"), head: true)
                #expect(refused.status == 401)
                #expect(try await client.request(TestGateway.request("GET", "/api/x", token: token)).body.count == 500)
                #expect(plant.connections == 1)
            }
        }
    }

    @Test("a client that waits for 100 gets it when the plant is there, and none when it is refused")
    func expectContinue() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let fields = ["Expect: 100-continue", "Content-Length: 5"]
                let client = try await gateway.connect()
                try await client.send(TestGateway.request("POST", "/api/v1/x", fields, token: try TestTokens.token()))
                #expect(try await client.response().status == 100)
                try await client.send("hello")
                #expect(try await client.response().status == 200)
                let request = try #require(plant.requests.first)
                #expect(request.body == Array("hello".utf8))
                #expect(request.values("expect").isEmpty)
                let refused = try await gateway.connect()
                let answer = try await refused.request(TestGateway.request("POST", "/api/v1/x", fields))
                #expect(answer.status == 401)
                #expect(answer.values("connection") == ["close"])
            }
        }
    }

    @Test("a short body of a refused request does not cost the connection, a long one does")
    func refusedBodies() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let client = try await gateway.connect()
                for _ in 0..<3 {
                    let response = try await client.request(TestGateway.request("POST", "/api/v1/x", body: "hello"))
                    #expect(response.status == 401)
                    #expect(response.values("connection").isEmpty)
                }
                client.post(TestGateway.request("POST", "/api/v1/x", body: String(repeating: "x", count: 200_000)))
                let response = try await client.response()
                #expect(response.status == 401)
                #expect(response.values("connection") == ["close"])
                _ = await client.closed()
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("20 MB go through whole, both ways")
    func large() async throws {
        let size = 20 * 1024 * 1024
        try await UpstreamServer.with({ $0.method == "GET" ? .stream(bytes: size) : .json("\($0.bodyBytes)") }) {
            plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let token = try TestTokens.token()
                let client = try await gateway.connect()
                let down = try await client.request(TestGateway.request("GET", "/api/v1/x", token: token))
                #expect(down.body.count == size)
                #expect(down.body.allSatisfy { $0 == UInt8(ascii: "x") })
                client.post(TestGateway.request("POST", "/api/v1/x", ["Content-Length: \(size)"], token: token))
                client.post(bytes: Array(repeating: 121, count: size))
                #expect(try await client.response().text == "\(size)")
                client.post(TestGateway.request("POST", "/api/v1/x", ["Transfer-Encoding: chunked"], token: token))
                let chunk = "10000\r\n" + String(repeating: "z", count: 65_536) + "\r\n"
                for _ in 0..<(size / 65_536) { client.post(chunk) }
                client.post("0\r\n\r\n")
                #expect(try await client.response().text == "\(size)")
                #expect(plant.requests.allSatisfy { $0.bodyBytes <= size })
            }
        }
    }

    @Test("a client that goes away takes its upstream request with it")
    func clientAborts() async throws {
        try await UpstreamServer.with({ _ in .silence }) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let client = try await gateway.connect()
                try await client.send(TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token()))
                await plant.received(1)
                #expect(plant.openConnections == 1)
                client.close()
                await plant.idle()
            }
        }
    }

    @Test("an upstream that answers early is heard, and the rest of the body goes nowhere")
    func earlyAnswer() async throws {
        try await UpstreamServer.with(answersEarly: true, { _ in .respond(status: 409, body: Array("no".utf8)) }) {
            plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let client = try await gateway.connect()
                client.post(
                    TestGateway.request("POST", "/api/v1/x", ["Content-Length: 100000"], token: try TestTokens.token()))
                let response = try await client.response()
                #expect(response.status == 409)
                #expect(response.text == "no")
                _ = await client.closed()
            }
        }
    }
}

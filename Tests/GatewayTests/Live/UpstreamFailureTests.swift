import TestSupport
import Testing

@Suite("Upstreams that fail", .timeLimit(.minutes(10)))
struct UpstreamFailureTests {
    private static let quiet = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]

    @Test(
        "half a response is never a whole one",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf",
        ])
    func diesInTheMiddle(_ response: String) async throws {
        try await UpstreamServer.with({ _ in .raw(response, thenClose: true) }) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let token = try TestTokens.token()
                let client = try await gateway.connect()
                try await client.send(TestGateway.request("GET", "/api/v1/x", token: token))
                await #expect(throws: RawClient.Failure.self) { try await client.response() }
                // To an HTTP/1.0 client the end of the connection is the end of the body: it must see a reset.
                let old = try await gateway.connect()
                try await old.send("GET /api/v1/x HTTP/1.0\r\nAuthorization: Bearer \(token)\r\n\r\n")
                let end = await old.closed()
                #expect(end.error != nil || !end.rest.contains("half"))
            }
        }
    }

    @Test(
        "an upstream that does not speak HTTP, or says what nobody asked for, is 502",
        arguments: [
            "", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ])
    func nonsense(_ response: String) async throws {
        try await UpstreamServer.with({ _ in .raw(response, thenClose: true) }) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let answer = try await gateway.get("/api/v1/x", token: try TestTokens.token())
                #expect(answer.status == 502)
                #expect(answer.code == "bad_gateway")
            }
        }
    }

    @Test("an interim response is not the answer")
    func interim() async throws {
        let response =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        try await UpstreamServer.with({ _ in .raw(response, thenClose: false) }) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let client = try await gateway.connect()
                client.post(TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token()))
                #expect(try await client.response().status == 103)
                let answer = try await client.response()
                #expect(answer.status == 200)
                #expect(answer.text == "ok")
            }
        }
    }

    @Test("bytes behind a response are not the answer to the next request")
    func unsolicited() async throws {
        let response =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
        try await UpstreamServer.with({ _ in .raw(response, thenClose: false) }) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let client = try await gateway.connect()
                for _ in 0..<5 {
                    let answer = try await client.request(
                        TestGateway.request("POST", "/api/v1/x", token: try TestTokens.token(), body: "x"))
                    #expect(answer.text != "forged")
                }
                #expect(plant.connections >= 2)
            }
        }
    }

    @Test("a body that ends with the connection arrives whole")
    func closeDelimited() async throws {
        try await UpstreamServer.with({ _ in .raw("HTTP/1.1 200 OK\r\n\r\nall of it", thenClose: true) }) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let client = try await gateway.connect()
                for _ in 0..<2 {
                    let answer = try await client.request(
                        TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token()))
                    #expect(answer.text == "all of it")
                    #expect(answer.values("transfer-encoding") == ["chunked"])
                }
            }
        }
    }

    @Test("an upstream that is not there is 502, one that says nothing 504")
    func absent() async throws {
        try await UpstreamServer.with({ _ in .silence }) { plant in
            // Where nobody ever listens: a port that was let go may be another test's by now.
            let gone = Self.quiet.merging(["PLANT_BACKEND_URL": "http://127.0.0.1:1"]) { $1 }
            try await TestGateway.run(plant: plant, gone) { gateway in
                let answer = try await gateway.get("/api/v1/x", token: try TestTokens.token())
                #expect(answer.status == 502)
            }
            try await TestGateway.run(plant: plant, Self.quiet.merging(["GW_FIRST_BYTE_TIMEOUT_MS": "50"]) { $1 }) {
                gateway in
                let client = try await gateway.connect()
                let answer = try await client.request(
                    TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token()))
                #expect(answer.status == 504)
                #expect(answer.code == "upstream_timeout")
                // The upstream's late answer has nowhere to go, and the client's connection still serves.
                #expect(try await client.request(TestGateway.request("GET", "/health")).status == 200)
                await plant.idle()
            }
        }
    }

    @Test("a kept-alive connection that died in the meantime costs no idempotent request")
    func stale() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let client = try await gateway.connect()
                let request = TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token())
                for _ in 0..<20 {
                    #expect(try await client.request(request).status == 200)
                    plant.closeConnections()
                }
            }
        }
    }

    @Test("what may have been done is not done twice")
    func notRepeated() async throws {
        // Closes on every second request of a connection, after it has received it.
        try await UpstreamServer.with({ $0.path == "/api/v1/die" ? .close : .json("{}") }) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let token = try TestTokens.token()
                let client = try await gateway.connect()
                _ = try await client.request(TestGateway.request("GET", "/api/v1/x", token: token))
                let post = try await client.request(TestGateway.request("POST", "/api/v1/die", token: token, body: "x"))
                #expect(post.status == 502)
                #expect(plant.requests(to: "/api/v1/die").count == 1)
                _ = try await client.request(TestGateway.request("GET", "/api/v1/x", token: token))
                // Idempotent, on a connection that was used before: once more, and then it is over.
                let get = try await client.request(TestGateway.request("GET", "/api/v1/die", token: token))
                #expect(get.status == 502)
                #expect(plant.requests(to: "/api/v1/die").count == 3)
            }
        }
    }
}

import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("What the gateway tells of itself", .timeLimit(.minutes(10)))
struct IntrospectionTests {
    private static let internalLine = "Authorization: Bearer \(TestGateway.internalToken)"

    private static func object(_ gateway: TestGateway, _ path: String) async throws -> [String: Any] {
        let response = try await gateway.get(path, [internalLine])
        #expect(response.status == 200)
        #expect(response.values("content-type") == ["application/json"])
        return try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
    }

    @Test("both are there for the internal token alone, by GET and HEAD", arguments: ["routes", "caches"])
    func locked(_ name: String) async throws {
        let path = "/internal/v1/\(name)"
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { (gateway) async throws in
                #expect(try await gateway.get(path).status == 404)
                #expect(try await gateway.get(path, token: try TestTokens.token()).status == 404)
                #expect(try await gateway.get(path, token: TestGateway.internalToken + "x").status == 404)
                let head = TestGateway.request("HEAD", path, [Self.internalLine])
                #expect(try await gateway.send(head, head: true).status == 200)
                let post = TestGateway.request("POST", path, [Self.internalLine], body: "")
                #expect(try await gateway.send(post).status == 405)
                #expect(try await gateway.get(path + "/x", [Self.internalLine]).status == 404)
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("routes: those in force with their file, digest and hits by code; and that a bad file is not in force")
    func routes() async throws {
        let text = "- {name: one, prefix: /one, upstream: plant, roles: [admin]}"
        let file = try TemporaryFile(text)
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                for _ in 0..<2 { _ = try await gateway.get("/one", token: try TestTokens.token()) }
                _ = try await gateway.get("/one")
                _ = try await gateway.get("/two")
                _ = await gateway.log.lines(of: "request", count: 4)
                let report = try await Self.object(gateway, "/internal/v1/routes")
                let source = try #require(report["source"] as? [String: Any])
                #expect(source["file"] as? String == file.path)
                #expect(source["sha256"] as? String == RoutesInForce.Source(path: "", bytes: Array(text.utf8)).digest)
                #expect(source["in_force"] as? Bool == true)
                let routes = try #require(report["routes"] as? [[String: Any]])
                #expect(routes.map { $0["name"] as? String } == ["one"])
                #expect(routes[0]["roles"] as? [String] == ["admin"])
                #expect(routes[0]["hits"] as? [String: Int] == ["200": 2, "401": 1])
                let unmatched = try #require(report["unmatched"] as? [String: [String: Int]])
                #expect(unmatched["none"] == ["404": 1])
                #expect(report["dry_run"] == nil)
                try file.write("- {prefix: /one, upstream: nobody}")
                try await gateway.lookAtRoutes()
                let faulty = try #require(
                    try await Self.object(gateway, "/internal/v1/routes")["source"] as? [String: Any])
                #expect(faulty["in_force"] as? Bool == false)
                let fault = try #require(faulty["fault"] as? [String: Any])
                #expect((fault["lines"] as? [String])?.first?.hasPrefix("\(file.path):1:") == true)
                #expect(faulty["sha256"] as? String == source["sha256"] as? String)
            }
        }
    }

    @Test("the digest is what sha256sum prints")
    func digest() {
        #expect(
            RoutesInForce.Source(path: "", bytes: Array("abc".utf8)).digest
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("caches: of each loop and in sum, however many loops there are", arguments: [1, 3])
    func caches(_ threads: Int) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_THREADS": "\(threads)"]) { gateway in
                let client = try await gateway.connect()
                let token = try TestTokens.token()
                for _ in 0..<5 {
                    #expect(
                        try await client.request(TestGateway.request("GET", "/api/v1/x", token: token)).status == 200)
                }
                let report = try await Self.object(gateway, "/internal/v1/caches")
                let loops = try #require(report["loops"] as? [[String: Any]])
                #expect(loops.map { $0["loop"] as? Int } == Array(0..<threads))
                let sum = try #require(report["sum"] as? [String: Any])
                let tokens = try #require(sum["verified_tokens"] as? [String: Int])
                #expect(tokens["entries"] == 1)
                #expect(tokens["hits"] == 4)
                #expect(tokens["misses"] == 1)
                #expect(tokens["evictions"] == 0)
                #expect(tokens["maximum_entries"] == 20_000 * threads)
                let verdicts = try #require(sum["verdicts"] as? [String: Int])
                #expect(verdicts["hits"] == 4)
                // The token's owner may be another loop, which keeps the verdict too.
                #expect([1, 2].contains(verdicts["entries"]))
                #expect(sum["breakers"] as? [String: Int] == ["closed": threads])
                let revocations = try #require(loops[0]["revocations"] as? [String: Int])
                #expect(revocations == ["entries": 0, "capacity": 200_000])
                let feeds = try #require(report["revocation_feeds"] as? [[String: Any]])
                // Nobody runs them here.
                #expect(feeds.allSatisfy { $0["status"] as? String == "pending" })
                #expect(!feeds.isEmpty)
            }
        }
    }

    @Test("an open breaker is told")
    func breaker() async throws {
        try await UpstreamServer.with({ _ in .json("{}", status: 500) }) { plant in
            try await TestGateway.run(plant: plant, ["GW_ENRICHMENT_BREAKER_FAILURES": "1"]) { gateway in
                #expect(try await gateway.get("/api/v1/x", token: try TestTokens.token()).status == 503)
                let report = try await Self.object(gateway, "/internal/v1/caches")
                let sum = try #require(report["sum"] as? [String: Any])
                #expect(sum["breakers"] as? [String: Int] == ["open": 1])
                #expect((sum["enrichment"] as? [String: Int])?["call"] == 1)
            }
        }
    }
}

@Suite("Counting evictions")
struct EvictionTests {
    @Test("what had to make room is counted; what expired or was revoked is not")
    func counted() throws {
        var verdicts = VerdictCache(lifetimes: VerdictLifetimes(confirmed: 30, refused: 5), maximumCount: 2)
        for number in 0..<3 {
            let question = try TestQuestion.make(subject: "user-\(number)")
            verdicts.store(
                .confirmed(ScriptedPlant.facts), for: TokenDigest(question.token), identity: question.identity,
                since: TestQuestion.now)
        }
        #expect(verdicts.evictions == 1)
        verdicts.removeAll()
        #expect(verdicts.evictions == 1)
    }
}

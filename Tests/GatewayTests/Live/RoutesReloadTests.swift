import Foundation
import Logging
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite("Routes that change while the gateway runs", .timeLimit(.minutes(10)))
struct RoutesReloadTests {
    private static func run(
        _ routes: String, variables: [String: String] = [:],
        plant handler: @escaping UpstreamServer.Handler = TestPlant.friendly,
        _ body: @Sendable (TestGateway, UpstreamServer, TemporaryFile) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(handler) { plant in
            let file = try TemporaryFile(routes)
            try await TestGateway.run(plant: plant, variables.merging(["GW_ROUTES_FILE": file.path]) { $1 }) {
                gateway in
                try await body(gateway, plant, file)
                withExtendedLifetime(file) {}
            }
        }
    }

    private static func warning(_ gateway: TestGateway) -> String? {
        for case ("routes", .warning(_, let detail)) in gateway.readiness.checks { return detail }
        return nil
    }

    @Test("a role that the new file requires is enforced at once, on a token whose verification and verdict are cached")
    func cachedToken() async throws {
        try await Self.run("- {prefix: /api/, upstream: plant, enrichment: true}") { gateway, plant, file in
            let token = try TestTokens.token(roles: ["viewer"])
            let client = try await gateway.connect()
            let request = TestGateway.request("GET", "/api/v1/x", token: token)
            for _ in 0..<3 { #expect(try await client.request(request).status == 200) }
            #expect(plant.requests(to: TestPlant.validatePath).count == 1)
            try file.write("- {prefix: /api/, upstream: plant, enrichment: true, roles: [ops]}")
            try await gateway.lookAtRoutes()
            let refused = try await client.request(request)
            #expect(refused.status == 403)
            #expect(refused.code == "forbidden")
            try file.write("- {prefix: /api/, upstream: plant, auth: required, scopes: [x:read]}")
            try await gateway.lookAtRoutes()
            #expect(try await client.request(request).code == "insufficient_scope")
            try file.write("- {prefix: /api/, upstream: plant, enrichment: true}")
            try await gateway.lookAtRoutes()
            // The same connection all along, and what the plant said of the customer is still known.
            #expect(try await client.request(request).status == 200)
            #expect(plant.requests(to: TestPlant.validatePath).count == 1)
        }
    }

    @Test("a request under way ends with the route that it began with, and its connection goes on with the new one")
    func underWay() async throws {
        try await Self.run("- {prefix: /, upstream: plant, auth: public}") { gateway, plant, file in
            let client = try await gateway.connect()
            try await client.send(
                "POST /old HTTP/1.1\r\nHost: gateway.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            #expect(try await client.response().status == 100)
            try file.write("- {prefix: /new, upstream: plant, auth: public}")
            try await gateway.lookAtRoutes()
            try await client.send("body")
            #expect(try await client.response().status == 200)
            #expect(plant.requests.map(\.target) == ["/old"])
            #expect(try await client.request(TestGateway.request("GET", "/old")).status == 404)
            #expect(try await client.request(TestGateway.request("GET", "/new")).status == 200)
        }
    }

    @Test(
        "of a bad file nothing is taken: each fault is logged once with its place, and readiness says so until it is mended"
    )
    func badFile() async throws {
        try await Self.run("- {prefix: /, upstream: plant, auth: public}") { gateway, plant, file in
            let good = gateway.routes.inForce
            #expect(Self.warning(gateway) == nil)
            try file.write(
                """
                - {prefix: /, upstream: plant, auth: sometimes}
                - {prefix: /x, upstream: plant, enrichmet: true}
                """)
            for _ in 0..<3 { try await gateway.lookAtRoutes() }
            #expect(try await gateway.get("/x").status == 200)
            let lines = gateway.log.lines.compactMap { $0.metadata["fault"] }
            try #require(lines.count == 2)
            #expect(lines[0].hasPrefix("\(file.path):1:"))
            #expect(lines[1].hasPrefix("\(file.path):2:"))
            #expect(Self.warning(gateway)?.contains("\(file.path):2:") == true)
            #expect(gateway.routes.inForce.source == good.source)
            unlink(file.path)
            try await gateway.lookAtRoutes()
            #expect(Self.warning(gateway)?.contains("there is no such file") == true)
            #expect(try await gateway.get("/x").status == 200)
            try file.write("- {prefix: /only, upstream: plant, auth: public}")
            try await gateway.lookAtRoutes()
            #expect(Self.warning(gateway) == nil)
            #expect(gateway.routes.fault == nil)
            #expect(try await gateway.get("/x").status == 404)
            #expect(try await gateway.get("/only").status == 200)
        }
    }

    @Test("a file that says again what is in force clears its fault and changes nothing")
    func again() async throws {
        let text = "- {prefix: /, upstream: plant, auth: public}"
        try await Self.run(text) { gateway, _, file in
            try file.write("nonsense: true")
            try await gateway.lookAtRoutes()
            #expect(gateway.routes.fault != nil)
            try file.write(text)
            try await gateway.lookAtRoutes()
            #expect(gateway.routes.fault == nil)
            #expect(gateway.routes.inForce.version == 1)
        }
    }

    @Test("half a file is not read: a change counts when two looks have found the same")
    func settling() async throws {
        let file = try TemporaryFile("- {prefix: /a, upstream: plant}")
        let bytes = Array("- {prefix: /a, upstream: plant}".utf8)
        let routes = ServedRoutes(
            table: try RoutesFile.load(bytes), source: .init(path: file.path, bytes: bytes), readiness: nil,
            clock: .system, logger: Logger(label: "test"))
        try file.write("- {prefix: /a, upstream: plant}\n- {prefix: /b, upstream: plant}")
        routes.look()
        try file.write(
            "- {prefix: /a, upstream: plant}\n- {prefix: /b, upstream: plant}\n- {prefix: /c, upstream: plant}")
        routes.look()
        #expect(routes.inForce.table.routes.count == 1)
        routes.look()
        #expect(routes.inForce.table.routes.count == 3)
        #expect(routes.inForce.version == 2)
    }

    @Test("under load no connection is dropped and no request lost, however often the table changes")
    func underLoad() async throws {
        let one = "- {prefix: /, upstream: plant, auth: public}"
        let two = "- {prefix: /a, upstream: plant, auth: public}\n- {prefix: /b, upstream: plant, auth: public}"
        try await Self.run(one, variables: ["GW_THREADS": "3"]) { gateway, _, file in
            try await withThrowingTaskGroup(of: Int.self) { clients in
                for number in 0..<6 {
                    clients.addTask {
                        let client = try await gateway.connect()
                        let request = TestGateway.request("GET", number.isMultiple(of: 2) ? "/a" : "/b")
                        var good = 0
                        // At least so many, and until each loop has seen some tables.
                        while good < 100 || gateway.routes.inForce.version < 20 {
                            guard try await client.request(request).status == 200 else { break }
                            good += 1
                        }
                        return good
                    }
                }
                while gateway.routes.inForce.version < 20 {
                    try file.write(gateway.routes.inForce.version.isMultiple(of: 2) ? one : two)
                    gateway.routes.look(isAsked: true)
                    await Task.yield()
                }
                for try await good in clients { #expect(good >= 100) }
            }
        }
    }

    @Test("a symbolic link that is swapped, as Kubernetes mounts a ConfigMap, is a change")
    func symbolicLink() async throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        for (name, prefix) in [("..1", "/one"), ("..2", "/two")] {
            try files.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
            try folder.write("- {prefix: \(prefix), upstream: plant, auth: public}", to: "\(name)/routes.yaml")
        }
        try files.createSymbolicLink(atPath: folder.path("..data"), withDestinationPath: "..1")
        try files.createSymbolicLink(atPath: folder.path("routes.yaml"), withDestinationPath: "..data/routes.yaml")
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": folder.path("routes.yaml")]) { gateway in
                #expect(try await gateway.get("/one").status == 200)
                try files.createSymbolicLink(atPath: folder.path("..new"), withDestinationPath: "..2")
                #expect(rename(folder.path("..new"), folder.path("..data")) == 0)
                try await gateway.lookAtRoutes()
                #expect(try await gateway.get("/one").status == 404)
                #expect(try await gateway.get("/two").status == 200)
            }
        }
    }

    @Test("SIGHUP has the file read at once")
    func hangup() async throws {
        let log = CapturedLog()
        let file = try TemporaryFile("- {prefix: /a, upstream: plant}")
        let bytes = Array("- {prefix: /a, upstream: plant}".utf8)
        let routes = ServedRoutes(
            table: try RoutesFile.load(bytes), source: .init(path: file.path, bytes: bytes), readiness: nil,
            clock: .system, logger: log.logger)
        try file.write("- {prefix: /b, upstream: plant}")
        let watch = FileWatch(what: "the routes file", logger: log.logger) { isAsked in
            if isAsked { routes.look(isAsked: true) }
        }
        let watching = Task { await watch.run() }
        try await Hangup.send { routes.inForce.version > 1 }
        watching.cancel()
        await watching.value
        #expect(routes.inForce.table.routes.map(\.prefix) == ["/b"])
        #expect(log.contains("SIGHUP: reading the routes file anew"))
    }

    @Test("a bucket goes on where route and rule are the same, and is full again under another rule")
    func buckets() async throws {
        let limit = "rate_limit: {requests: 2, per_seconds: 3600}"
        try await Self.run("- {name: a, prefix: /a, upstream: plant, auth: public, \(limit)}") { gateway, _, file in
            for status in [200, 200, 429] { #expect(try await gateway.get("/a").status == status) }
            try file.write(
                """
                - {name: a, prefix: /a, upstream: plant, auth: public, \(limit)}
                - {name: b, prefix: /b, upstream: plant, auth: public, \(limit)}
                """)
            try await gateway.lookAtRoutes()
            #expect(try await gateway.get("/a").status == 429)
            #expect(try await gateway.get("/b").status == 200)
            let other = "rate_limit: {requests: 3, per_seconds: 3600}"
            try file.write("- {name: a, prefix: /a, upstream: plant, auth: public, \(other)}")
            try await gateway.lookAtRoutes()
            for status in [200, 200, 200, 429] { #expect(try await gateway.get("/a").status == status) }
        }
    }

    @Test(
        "a new address is reached, connections to one that stays are kept, and one that goes serves what is under way")
    func upstreams() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { first in
            try await UpstreamServer.with(TestPlant.friendly) { second in
                let old = """
                    - {prefix: /a, upstream: "\(first.url)", auth: public}
                    - {prefix: /p, upstream: plant, auth: public}
                    """
                try await Self.run(old) { gateway, plant, file in
                    #expect(try await gateway.get("/p").status == 200)
                    let client = try await gateway.connect()
                    try await client.send(
                        "POST /a HTTP/1.1\r\nHost: gateway.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
                    #expect(try await client.response().status == 100)
                    try file.write(
                        """
                        - {prefix: /a, upstream: "\(second.url)", auth: public}
                        - {prefix: /p, upstream: plant, auth: public}
                        """)
                    try await gateway.lookAtRoutes()
                    #expect(try await gateway.get("/a").status == 200)
                    #expect(second.requests.count == 1)
                    try await client.send("body")
                    #expect(try await client.response().status == 200)
                    #expect(first.requests.map(\.bodyBytes) == [4])
                    #expect(try await gateway.get("/p").status == 200)
                    #expect(plant.connections == 1)
                }
            }
        }
    }
}

@Suite("Pools across tables")
struct RetiredPoolTests {
    @Test(
        "a pool that no route leads to is dropped once nothing can be on its way to it, and kept when a route returns")
    func retired() throws {
        let gateway = try EmbeddedGateway()
        let origin = try #require(Origin("http://other:9000"))
        func routes(_ names: [UpstreamName], version: UInt64) -> RoutesInForce {
            let routes = names.enumerated().map { number, name in
                Route(name: "r\(number)", prefix: "/r\(number)", destination: .upstream(name), auth: .open)
            }
            return RoutesInForce(table: RouteTable(routes), source: nil, loadedAt: 0, version: version)
        }
        gateway.loop.adopt(routes([.plant, .other(origin)], version: 2))
        let pool = try #require(gateway.loop.pools[.other(origin)])
        gateway.loop.adopt(routes([.plant], version: 3))
        gateway.advance(seconds: 599)
        #expect(gateway.loop.pools[.other(origin)] === pool)
        gateway.loop.adopt(routes([.plant, .other(origin)], version: 4))
        gateway.advance(seconds: 1200)
        #expect(gateway.loop.pools[.other(origin)] === pool)
        gateway.loop.adopt(routes([.plant], version: 5))
        gateway.loop.adopt(routes([.plant, .other(origin)], version: 4))
        gateway.advance(seconds: 601)
        #expect(gateway.loop.pools[.other(origin)] == nil)
        #expect(gateway.loop.pools[.plant] != nil)
    }
}

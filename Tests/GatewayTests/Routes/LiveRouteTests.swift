import TestSupport
import Testing

@Suite("A routes file at work", .timeLimit(.minutes(10)))
struct LiveRouteTests {
    @Test("path templates, rewrites, methods that share a path, named upstreams: in YAML, through to the upstream")
    func routes() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await UpstreamServer.with(TestPlant.friendly) { reports in
                let file = try TemporaryFile(
                    """
                    version: 1
                    defaults: {auth: public}
                    upstreams:
                      reports: {targets: [{url: "\(reports.url)/base"}]}
                    routes:
                      - {path: "/users/{id}/orders", upstream: reports, rewrite: {template: "/orders/of/{id}"}}
                      - {prefix: /users/, upstream: plant}
                      - {prefix: /shared, methods: [GET], upstream: plant}
                      - {prefix: /shared, methods: [POST], upstream: reports}
                      - {prefix: /tool/, upstream: reports, rewrite: {strip_prefix: true}}
                      - {prefix: /users/closed, upstream: nowhere}
                      - {prefix: /private/, upstream: plant, auth: required}
                    """)
                try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                    #expect(try await gateway.get("/users/a%20b/orders?x=1").status == 200)
                    #expect(reports.requests.map(\.target) == ["/base/orders/of/a%20b?x=1"])
                    #expect(try await gateway.get("/users/7").status == 200)
                    #expect(try await gateway.get("/shared").status == 200)
                    #expect(plant.requests.map(\.target) == ["/users/7", "/shared"])
                    let post = TestGateway.request("POST", "/shared", ["Content-Length: 0"])
                    #expect(try await gateway.send(post).status == 200)
                    #expect(try await gateway.get("/tool/x/y").status == 200)
                    #expect(reports.requests.map(\.target).suffix(2) == ["/base/shared", "/base/x/y"])
                    let delete = try await gateway.send(TestGateway.request("DELETE", "/shared", []))
                    #expect(delete.status == 405)
                    #expect(delete.values("allow") == ["GET, POST"])
                    #expect(try await gateway.get("/users/closed/x").status == 404)
                    #expect(try await gateway.get("/private/x").status == 401)
                    #expect(try await gateway.get("/private/x", token: try TestTokens.token()).status == 200)
                }
            }
        }
    }

    @Test("a route that would lead to what is closed leads nowhere: by stripping, by a template, by an address")
    func closed() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let file = try TemporaryFile(
                """
                version: 1
                defaults: {auth: public}
                routes:
                  - {prefix: /, upstream: plant}
                  - {prefix: /x/, upstream: plant, rewrite: {strip_prefix: /x}}
                  - {path: "/t/{a}/{b}/{c}", upstream: plant, rewrite: {template: "/{a}/{b}/{c}"}}
                  - {prefix: /validate, upstream: "\(plant.url)/api/v1/auth"}
                """)
            try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                for path in [
                    "/internal/v1/keys/probe", "/x/internal/v1/keys", "/X/../internal", "/x/Internal/v1",
                    "/x/api/v1/auth/validate", "/t/internal/v1/keys", "/validate", "/validate/x",
                    "/api/v1/auth/validate", "/x/%69nternal/v1/keys", "/x/%2e%2e/internal", "/x//internal",
                ] {
                    let status = try await gateway.get(path).status
                    #expect(status == 404 || status == 400, "\(path): \(status)")
                }
                #expect(plant.requests.isEmpty)
            }
        }
    }
}

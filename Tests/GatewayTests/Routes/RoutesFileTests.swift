import Gateway
import NIOHTTP1
import Testing

@Suite("GW_ROUTES_FILE")
struct RoutesFileTests {
    private static func read(_ text: String) throws(RoutesFile.Faults) -> RouteTable {
        try RoutesFile.read(Array(text.utf8))
    }

    @Test("every member is read")
    func whole() throws {
        let table = try Self.read(
            """
            [
              {"prefix": "/api/v1/auth/", "upstream": "platform", "auth": "public", "rateLimited": true},
              {"prefix": "/r/", "upstream": "http://reports:9000/base", "methods": ["GET", "HEAD"], "name": "reports"},
              {"prefix": "/c/api/", "upstream": "customer", "auth": "optional", "stripPrefix": true},
              {"prefix": "/api/", "upstream": "plant", "enrichment": true, "adminRoute": true},
              {"prefix": "/ops/", "upstream": "plant", "roles": ["admin", "ops"], "scopes": ["read", "write"]},
              {"prefix": "/old", "upstream": "nowhere"}
            ]
            """)
        let routes = Dictionary(uniqueKeysWithValues: table.routes.map { ($0.prefix, $0) })
        #expect(routes["/api/v1/auth/"]?.auth == .open)
        #expect(routes["/api/v1/auth/"]?.isRateLimited == true)
        #expect(routes["/r/"]?.methods == [.GET, .HEAD])
        #expect(routes["/r/"]?.name == "reports")
        #expect(routes["/r/"]?.auth == .required)
        let origin = try #require(Origin("http://reports:9000/base"))
        #expect(routes["/r/"]?.destination == .upstream(.other(origin)))
        #expect(routes["/c/api/"]?.stripPrefix == "/c/api")
        #expect(routes["/api/"]?.enrichment == true)
        #expect(routes["/api/"]?.isAdministrative == true)
        #expect(routes["/ops/"]?.roles == ["admin", "ops"])
        #expect(routes["/ops/"]?.scopes == ["read", "write"])
        #expect(routes["/old"]?.destination == .nowhere)
    }

    @Test(
        "each fault names the route",
        arguments: [
            (#"[{"upstream": "plant"}]"#, "route 0 needs a \"prefix\""),
            (
                #"[{"prefix": "/a", "upstream": "plant"}, {"prefix": "b", "upstream": "plant"}]"#,
                "route 1 needs a \"prefix\""
            ),
            (#"[{"prefix": "/a/../b", "upstream": "plant"}]"#, "route 0 needs a \"prefix\""),
            (#"[{"prefix": "/a?x", "upstream": "plant"}]"#, "route 0 needs a \"prefix\""),
            (#"[{"prefix": "/a"}]"#, "route 0 needs an \"upstream\""),
            (#"[{"prefix": "/a", "upstream": "moon"}]"#, "route 0 needs an \"upstream\""),
            (#"[{"prefix": "/a", "upstream": "ftp://x"}]"#, "route 0 needs an \"upstream\""),
            (#"[{"prefix": "/a", "upstream": "plant", "auth": "maybe"}]"#, "route 0 has an \"auth\""),
            (#"[{"prefix": "/a", "upstream": "plant", "auht": "required"}]"#, "route 0 has a member \"auht\""),
            (#"[{"prefix": "/a", "upstream": "plant", "enrichment": "yes"}]"#, "route 0 has a \"enrichment\""),
            (
                #"[{"prefix": "/a", "upstream": "plant", "auth": "public", "enrichment": true}]"#,
                "route 0 asks for enrichment"
            ),
            (#"[{"prefix": "/a", "upstream": "plant", "methods": []}]"#, "route 0 has \"methods\""),
            (#"[{"prefix": "/a", "upstream": "plant", "methods": ["get"]}]"#, "route 0 has \"methods\""),
            (#"[{"prefix": "/a", "upstream": "plant", "roles": []}]"#, "route 0 has \"roles\""),
            (#"[{"prefix": "/a", "upstream": "plant", "roles": "admin"}]"#, "route 0 has \"roles\""),
            (#"[{"prefix": "/a", "upstream": "plant", "scopes": ["a b"]}]"#, "route 0 has \"scopes\""),
            (
                #"[{"prefix": "/a", "upstream": "plant", "auth": "optional", "roles": ["admin"]}]"#,
                "route 0 asks for roles or scopes"
            ),
            (#"[7]"#, "route 0 is no object"),
            (
                #"[{"prefix": "/a", "upstream": "plant"}, {"prefix": "/a", "upstream": "platform"}]"#,
                "prefix /a occurs more than once"
            ),
            ("[]", "has no route"), ("{}", "no list"), ("[", "no JSON"),
            (#"[{"prefix": "/a", "prefix": "/b", "upstream": "plant"}]"#, "no JSON"),
        ])
    func faults(_ text: String, _ words: String) {
        let error = #expect(throws: RoutesFile.Faults.self) { try Self.read(text) }
        #expect(error?.faults.contains { $0.contains(words) } == true, "\(error?.faults ?? [])")
    }

    @Test("all faults are told at once")
    func all() {
        let error = #expect(throws: RoutesFile.Faults.self) {
            try Self.read(#"[{"prefix": "/a", "x": 1, "upstream": "plant", "auth": "no"}, {"prefix": "b"}]"#)
        }
        #expect(error?.faults.count == 3)
    }
}

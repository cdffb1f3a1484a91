import Gateway
import Testing

@Suite("Faults of GW_ROUTES_FILE")
struct RoutesFileFaultTests {
    private static func faults(_ text: String) -> [RoutesFault] {
        do throws(RoutesFile.Faults) {
            _ = try RoutesFile.load(Array(text.utf8))
            return []
        } catch {
            return error.faults
        }
    }

    /// One fault, of these words, at this place.
    private static func expect(
        _ text: String, _ line: Int, _ column: Int, _ words: String,
        at location: SourceLocation = #_sourceLocation
    ) {
        let faults = faults(text)
        #expect(faults.count == 1, "\(faults)", sourceLocation: location)
        #expect(
            faults.first?.position == TextPosition(line: line, column: column), "\(faults)", sourceLocation: location)
        #expect(faults.first?.problem.contains(words) == true, "\(faults)", sourceLocation: location)
        #expect(faults.first?.mend.isEmpty == false, sourceLocation: location)
    }

    @Test(
        "of a route of the JSON list, at its line and column",
        arguments: [
            (#"[{"upstream": "plant"}]"#, 2, "route 0 needs a \"prefix\""),
            (#"[{"prefix": "/a/../b", "upstream": "plant"}]"#, 13, "route 0 needs a \"prefix\""),
            (#"[{"prefix": "/a?x", "upstream": "plant"}]"#, 13, "route 0 needs a \"prefix\""),
            (#"[{"prefix": "/a%2Fb", "upstream": "plant"}]"#, 13, "route 0 needs a \"prefix\""),
            (#"[{"prefix": "/a/{id}", "upstream": "plant"}]"#, 13, "route 0 needs a \"prefix\""),
            (#"[{"prefix": "/a"}]"#, 2, "route 0 needs an \"upstream\""),
            (#"[{"prefix": "/a", "upstream": "moon"}]"#, 31, "route 0 needs an \"upstream\""),
            (#"[{"prefix": "/a", "upstream": "ftp://x"}]"#, 31, "route 0 needs an \"upstream\""),
            (#"[{"prefix": "/a", "upstream": "http://x/internal/v1"}]"#, 31, "closed to every route"),
            (#"[{"prefix": "/a", "upstream": "http://x/api/v1/auth/VALIDATE"}]"#, 31, "closed to every route"),
            (#"[{"prefix": "/a", "upstream": "http://x/%69nternal"}]"#, 31, "canonical form"),
            (#"[{"prefix": "/a", "upstream": "http://x/a/.."}]"#, 31, "canonical form"),
            (#"[{"prefix": "/a", "upstream": "plant", "auth": "maybe"}]"#, 48, "route 0 has an \"auth\""),
            (#"[{"prefix": "/a", "upstream": "plant", "auth": "open"}]"#, 48, "route 0 has an \"auth\""),
            (#"[{"prefix": "/a", "upstream": "plant", "auht": "required"}]"#, 40, "route 0 has a member \"auht\""),
            (#"[{"prefix": "/a", "upstream": "plant", "enrichment": "yes"}]"#, 54, "\"enrichment\" that is neither"),
            (#"[{"prefix": "/a", "upstream": "plant", "enrichment": yes}]"#, 54, "\"enrichment\" that is neither"),
            (
                #"[{"prefix": "/a", "upstream": "plant", "auth": "public", "enrichment": true}]"#, 72,
                "asks for enrichment on a public route"
            ),
            (#"[{"prefix": "/a", "upstream": "plant", "methods": []}]"#, 51, "has \"methods\""),
            (#"[{"prefix": "/a", "upstream": "plant", "methods": ["get"]}]"#, 52, "has \"methods\""),
            (#"[{"prefix": "/a", "upstream": "plant", "methods": ["GET", "GET"]}]"#, 59, "names GET twice"),
            (#"[{"prefix": "/a", "upstream": "plant", "roles": []}]"#, 49, "has \"roles\""),
            (#"[{"prefix": "/a", "upstream": "plant", "roles": "admin"}]"#, 49, "has \"roles\""),
            (#"[{"prefix": "/a", "upstream": "plant", "scopes": ["a b"]}]"#, 51, "has \"scopes\""),
            (
                #"[{"prefix": "/a", "upstream": "plant", "auth": "optional", "roles": ["admin"]}]"#, 69,
                "asks for roles or scopes"
            ),
            (#"[{"prefix": "/a", "upstream": "plant", "name": "a\nb"}]"#, 48, "control characters"),
            (#"[{"prefix": null, "upstream": "plant"}]"#, 13, "\"prefix\" that is nothing"),
            (#"[{"prefix": "/a", "upstream": "plant", "adminRoute": true, "admin_route": true}]"#, 60, "two spellings"),
            (#"[7]"#, 2, "route 0 is a single value"), ("[]", 1, "has no route"),
            ("7", 1, "the file is a single value"),
            (#"[{"prefix": "/a", "prefix": "/b", "upstream": "plant"}]"#, 19, "stands twice"),
            ("[", 2, "the file ends"),
        ])
    func list(_ text: String, _ column: Int, _ words: String) {
        Self.expect(text, 1, column, words)
    }

    @Test(
        "of a route's members",
        arguments: [
            ("prefix: /a\npath: /b", 4, 9, "\"prefix\" and a \"path\""),
            ("path: a/b", 3, 9, "is no path"), ("path: /a/{b", 3, 9, "braces"), ("path: /a/x{b}", 3, 9, "braces"),
            ("path: /a/{B}", 3, 9, "braces"), ("path: /a/{}", 3, 9, "braces"),
            ("path: /{a}/{a}", 3, 9, "captures {a} twice"),
            ("path: /a//b", 3, 9, "canonical"), ("path: /a/../b", 3, 9, "canonical"), ("path: /%61", 3, 9, "canonical"),
            ("path: /a?b", 3, 9, "canonical"), ("path: /a%2f{b}", 3, 9, "braces"),
            ("prefix: /a\nhosts: []", 4, 10, "no list of host names"),
            ("prefix: /a\nhosts: [a.example:80]", 4, 11, "no list of host names"),
            ("prefix: /a\nhosts: ['*']", 4, 11, "no list of host names"),
            ("prefix: /a\nhosts: [a.*.example]", 4, 11, "no list of host names"),
            ("prefix: /a\nhosts: [-a.example]", 4, 11, "no list of host names"),
            ("prefix: /a\nhosts: [a..example]", 4, 11, "no list of host names"),
            ("prefix: /a\nhosts: [a.example, A.example]", 4, 10, "names a host twice"),
            ("prefix: /a\nenrichment: {}", 4, 15, "says nothing"),
            ("prefix: /a\nenrichment: {mode: ajar}", 4, 22, "none of closed, open"),
            ("prefix: /a\nenrichment: {ttl: 500ms}", 4, 21, "no duration in bounds"),
            ("prefix: /a\nenrichment: {ttl: 1500ms}", 4, 21, "no whole number of seconds"),
            ("prefix: /a\nenrichment: {ttl: 2h}", 4, 21, "no duration in bounds"),
            ("prefix: /a\nenrichment: {stale: 30}", 4, 23, "no duration in bounds"),
            ("prefix: /a\nenrichment: [true]", 4, 15, "neither true nor false"),
            ("prefix: /a\nauth: public\nenrichment: {mode: open}", 5, 15, "enrichment on a public route"),
            ("prefix: /a\ntimeouts: {}", 4, 13, "says nothing"),
            ("prefix: /a\ntimeouts: 5s", 4, 13, "timeouts is a single value"),
            ("prefix: /a\ntimeouts: {total: 0s}", 4, 21, "no duration in bounds"),
            ("prefix: /a\ntimeouts: {total: 1.5s}", 4, 21, "no duration in bounds"),
            ("prefix: /a\ntimeouts: {total: 48h}", 4, 21, "no duration in bounds"),
            ("prefix: /a\ntimeouts: {toal: 2s}", 4, 14, "has a member \"toal\""),
            ("prefix: /a\nmax_body: 32MB", 4, 13, "no size"), ("prefix: /a\nmax_body: -1", 4, 13, "no size"),
            ("prefix: /a\nmax_body: 9999999999999GiB", 4, 13, "no size"),
            ("prefix: /a\nmin_body_rate: 1000001", 4, 18, "no whole number in bounds"),
            ("prefix: /a\nmin_body_rate: 1KiB", 4, 18, "no whole number in bounds"),
            ("prefix: /a\nrate_limit: {per_seconds: 1}", 4, 15, "has no \"requests\""),
            ("prefix: /a\nrate_limit: {requests: 1}", 4, 15, "has no \"per_seconds\""),
            ("prefix: /a\nrate_limit: {requests: 0, per_seconds: 1}", 4, 26, "no whole number in bounds"),
            ("prefix: /a\nrate_limit: {requests: '1', per_seconds: 1}", 4, 26, "no whole number in bounds"),
            ("prefix: /a\nrate_limit: {requests: 010, per_seconds: 1}", 4, 26, "no whole number in bounds"),
            ("prefix: /a\nrate_limit: {requests: 1, per_seconds: 1, burst: 0}", 4, 52, "no whole number in bounds"),
            ("prefix: /a\nrate_limit: {requests: 1, per_seconds: 1, per: ip}", 4, 50, "none of client, subject"),
            (
                "prefix: /a\nauth: public\nrate_limit: {requests: 1, per_seconds: 1, per: subject}", 5, 50,
                "by subject on a public route"
            ),
            ("prefix: /a\nrewrite: {}", 4, 12, "says nothing"),
            ("prefix: /a\nrewrite: {template: /b}", 4, 23, "all paths below a prefix"),
            ("path: /a/{b}\nrewrite: {template: '/{c}'}", 4, 23, "does not capture"),
            ("path: /a/{b}\nrewrite: {template: /../x}", 4, 23, "canonical"),
            ("path: /a/{b}\nrewrite: {template: '/{b}', strip_prefix: /a}", 4, 23, "keep the one"),
            ("path: /a/{b}\nrewrite: {strip_prefix: true}", 4, 27, "route that has none"),
            ("path: /a/{b}\nrewrite: {strip_prefix: /a/x}", 4, 27, "do not begin with"),
            ("prefix: /a/b\nrewrite: {strip_prefix: /a/bc}", 4, 27, "do not begin with"),
            ("prefix: /ab\nrewrite: {strip_prefix: /a}", 4, 27, "do not begin with"),
            ("prefix: /a\nrewrite: {strip_prefix: /a}\nstrip_prefix: true", 5, 17, "keep"),
            ("prefix: /a\nstrip_prefix: 'true'", 4, 17, "neither true nor false"),
        ])
    func members(_ members: String, _ line: Int, _ column: Int, _ words: String) {
        let text = "- upstream: plant\n  name: r\n" + members.split(separator: "\n").map { "  \($0)\n" }.joined()
        let faults = Self.faults(text)
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.first?.position == TextPosition(line: line, column: column), "\(faults)")
        let fault = faults.first.map { $0.problem + "; " + $0.mend } ?? ""
        #expect(fault.contains(words) && fault.contains("route \"r\""), "\(faults)")
    }

    @Test(
        "of CORS: nothing that lets every page read with the credentials of a person",
        arguments: [
            ("{methods: [GET]}", 9, "has no \"origins\""), ("{origins: []}", 19, "no list of origins"),
            ("{origins: ['*'], credentials: true}", 39, "every origin read with credentials"),
            ("{origins: ['*', 'https://a.example']}", 19, "\"*\" beside others"),
            ("{origins: ['null']}", 20, "no list of origins"),
            ("{origins: ['https://a.example/']}", 20, "no list of origins"),
            ("{origins: ['https://a.example/x']}", 20, "no list of origins"),
            ("{origins: ['https://A.example']}", 20, "no list of origins"),
            ("{origins: ['https://a.example:443']}", 20, "no list of origins"),
            ("{origins: ['a.example']}", 20, "no list of origins"),
            ("{origins: ['https://*.a.example']}", 20, "no list of origins"),
            ("{origins: ['https://a.example'], headers: ['*'], credentials: true}", 51, "\"*\" with credentials"),
            ("{origins: ['https://a.example'], expose: ['*'], credentials: true}", 50, "\"*\" with credentials"),
            ("{origins: ['https://a.example'], headers: ['A B']}", 52, "no list of field names"),
            ("{origins: ['https://a.example'], methods: [get]}", 52, "no list of method names"),
            ("{origins: ['https://a.example'], max_age: 2000h}", 51, "no duration"),
        ])
    func cors(_ cors: String, _ column: Int, _ words: String) {
        let text = "- {prefix: /a, upstream: plant}\n- prefix: /b\n  upstream: plant\n  cors: \(cors)"
        Self.expect(text, 4, column, words)
    }

    @Test("of CORS: a method that the route does not serve")
    func corsMethods() {
        Self.expect(
            "- prefix: /b\n  upstream: plant\n  methods: [GET]\n  cors: {origins: ['*'], methods: [PUT]}", 4, 35,
            "allows PUT, which the route does not serve")
    }

    @Test(
        "of headers: no rule on what is managed, forwarded, framing or hop-by-hop, in any spelling",
        arguments: [
            "X-User-Id", "x_user_id", "X.User.Roles", "X-Customer-Anything", "X-Gateway-Assertion", "X-Enrichment",
            "X-Request-Id", "X-Forwarded-For", "x_forwarded_proto", "Forwarded", "X-Real-IP", "True.Client.IP",
            "Content-Length", "content_length", "Transfer-Encoding", "TRANSFER.ENCODING", "TE", "Trailer",
            "Connection", "Keep-Alive", "keep_alive", "Upgrade", "HTTP2-Settings", "Proxy-Connection",
            "Proxy-Authorization", "Expect", "Host", "Via", "traceparent", "Authorization", "WWW-Authenticate",
            "X-Original-URL", "X_Original_Anything", "X-Rewrite-Url", "Access-Control-Allow-Origin",
            "X Y", "X:Y", "", "X-Ü", "X\\tY",
        ])
    func headerNames(_ name: String) {
        for (rules, column) in [("{set: {\"\(name)\": v}}", 27), ("{remove: [\"\(name)\"]}", 30)] {
            for member in ["request_headers", "response_headers"] {
                let faults = Self.faults("- prefix: /a\n  upstream: plant\n  \(member): \(rules)")
                #expect(!faults.isEmpty, "\(name)")
                #expect(faults.allSatisfy { $0.position.line == 3 && $0.position.column >= column - 2 }, "\(faults)")
            }
        }
    }

    @Test(
        "of headers: no value that could end its line",
        arguments: [
            "\"a\\r\\nX-Evil: 1\"", "\"a\\nb\"", "\"a\\rb\"", "\"\\u0000\"", "\"a\\u007f\"", "\" a\"", "'a '", "é",
            "[a]",
            "{a: b}", "~", "",
        ])
    func headerValues(_ value: String) {
        Self.expect(
            "- prefix: /a\n  upstream: plant\n  request_headers:\n    set:\n      X-A: \(value)", 5,
            value.isEmpty ? 11 : 12, "sets X-A to what is no field value")
    }

    @Test("of headers: two rules on one name, in two spellings, or none")
    func headerTwice() {
        let start = "- prefix: /a\n  upstream: plant\n  request_headers: "
        Self.expect(start + "{set: {X-A: b}, remove: [x_a]}", 3, 44, "two rules on \"x_a\"")
        Self.expect(start + "{set: {X-A: b, X.a: c}}", 3, 35, "two rules on \"X.a\"")
        Self.expect(start + "{}", 3, 20, "says nothing")
        Self.expect(start + "{set: []}", 3, 26, "no mapping")
        let many = (0..<65).map { "X-\($0): a" }.joined(separator: ", ")
        Self.expect(start + "{set: {\(many)}}", 3, 26, "more than 64 rules")
    }

    @Test(
        "of the document and its upstreams",
        arguments: [
            ("routes: [{prefix: /a, upstream: plant}]", 1, 1, "no \"version\""),
            ("version: 2\nroutes: [{prefix: /a, upstream: plant}]", 1, 10, "\"version\""),
            ("version: 1", 1, 1, "no list of \"routes\""), ("version: 1\nroutes: []", 2, 9, "no list of \"routes\""),
            ("version: 1\nroute: []\nroutes: [{prefix: /a, upstream: plant}]", 2, 1, "member \"route\""),
            ("version: 1\ndefaults: [a]\nroutes: [{prefix: /a, upstream: plant}]", 2, 11, "defaults is a list"),
            ("version: 1\ndefaults: {prefix: /a}\nroutes: [{prefix: /a, upstream: plant}]", 2, 12, "member \"prefix\""),
            (
                "version: 1\nupstreams: []\nroutes: [{prefix: /a, upstream: plant}]", 2, 12,
                "\"upstreams\" that are a list"
            ),
            (
                "version: 1\nupstreams:\n  plant: {targets: [http://a]}\nroutes: [{prefix: /a, upstream: plant}]", 3, 3,
                "can't be"
            ),
            (
                "version: 1\nupstreams:\n  A: {targets: [http://a]}\nroutes: [{prefix: /a, upstream: plant}]", 3, 3,
                "can't be"
            ),
            (
                "version: 1\nupstreams:\n  u: {targets: [http://a]}\nroutes: [{prefix: /a, upstream: plant}]", 3, 3,
                "no route leads"
            ),
            ("version: 1\nupstreams:\n  u: {}\nroutes: [{prefix: /a, upstream: u}]", 3, 6, "no list of \"targets\""),
            ("version: 1\nupstreams:\n  u: {targets: [a]}\nroutes: [{prefix: /a, upstream: u}]", 3, 17, "no absolute"),
            (
                "version: 1\nupstreams:\n  u: {targets: [{weight: 1}]}\nroutes: [{prefix: /a, upstream: u}]", 3, 17,
                "no \"url\""
            ),
            (
                "version: 1\nupstreams:\n  u: {targets: [http://a/internal]}\nroutes: [{prefix: /a, upstream: u}]", 3,
                17, "closed"
            ),
            (
                "version: 1\nupstreams:\n  u: {targets: [http://a, http://A]}\nroutes: [{prefix: /a, upstream: u}]", 3,
                27, "twice"
            ),
            (
                "version: 1\nupstreams:\n  u: {targets: [{url: 'http://a', weight: 0}]}\nroutes: [{prefix: /a, upstream: u}]",
                3, 43, "bounds"
            ),
            (
                "version: 1\nupstreams:\n  u: {targets: [http://a], health: {}}\nroutes: [{prefix: /a, upstream: u}]",
                3, 36, "has no \"path\""
            ),
            (
                "version: 1\nupstreams:\n  u: {targets: [http://a], health: {path: a}}\nroutes: [{prefix: /a, upstream: u}]",
                3, 43, "canonical"
            ),
            (
                "version: 1\nupstreams:\n  u: {targets: [http://a], health: {path: /a, interval: 1s, timeout: 2s}}\n"
                    + "routes: [{prefix: /a, upstream: u}]", 3, 70, "longer than until"
            ),
            (
                "version: 1\nupstreams:\n  u: {targets: [http://a], outlier: {max_ejected_percent: 101}}\n"
                    + "routes: [{prefix: /a, upstream: u}]", 3, 59, "bounds"
            ),
        ])
    func document(_ text: String, _ line: Int, _ column: Int, _ words: String) {
        Self.expect(text, line, column, words)
    }

    @Test("of a list that is longer than any route needs")
    func longList() {
        let names = (0..<257).map { "r\($0)" }.joined(separator: ", ")
        Self.expect("- prefix: /a\n  upstream: plant\n  roles: [\(names)]", 3, 10, "more than 256 names")
    }

    @Test("of two routes of which nobody can tell which is meant")
    func ambiguous() {
        Self.expect(
            "- {prefix: /a, upstream: plant}\n- {prefix: /a, upstream: platform}", 2, 12, "/a occurs more than once")
        Self.expect(
            "- {prefix: /a, upstream: plant, methods: [GET]}\n- {prefix: /a, upstream: platform}", 2, 12, "line 1")
        Self.expect(
            "- {prefix: /a, upstream: plant, methods: [GET]}\n- {prefix: /a, upstream: platform, methods: [PUT, GET]}",
            2, 12, "more than once")
        // The names of captures tell nothing apart.
        Self.expect(
            "- {path: '/a/{b}', upstream: plant}\n- {path: '/a/{c}', upstream: platform}", 2, 10, "more than once")
        Self.expect(
            "- {prefix: /a, hosts: [a.example, b.example], upstream: plant}\n"
                + "- {prefix: /a, hosts: [c.example, B.example], upstream: platform}",
            2, 12, "b.example/a occurs more than once")
        Self.expect(
            "- {name: x, prefix: /a, upstream: plant, rate_limit: {requests: 1, per_seconds: 1}}\n"
                + "- {name: x, prefix: /b, upstream: plant, rate_limit: {requests: 2, per_seconds: 1}}",
            2, 54, "shares its name")
    }

    @Test("of a default: told where a route makes it wrong, and once where it is wrong itself")
    func inDefaults() {
        let start = "version: 1\ndefaults: {roles: [admin], enrichment: true, max_body: 1MB}\nroutes:\n"
        let wrong = Self.faults(start + "  - {prefix: /a, upstream: plant}\n  - {prefix: /b, upstream: plant}")
        #expect(wrong.map(\.position) == [TextPosition(line: 2, column: 56), TextPosition(line: 2, column: 56)])
        let open =
            "version: 1\ndefaults: {roles: [admin], enrichment: true}\nroutes:\n"
            + "  - {prefix: /a, upstream: plant, auth: public}"
        #expect(
            Self.faults(open).map(\.mend).sorted() == [
                "write \"enrichment: false\" in that route against the default",
                "write \"roles: []\" against the default",
            ])
    }

    @Test(
        "a damaged file is refused or read, and never ends the program; each fault lies in the file", arguments: 0..<4)
    func damaged(_ seed: Int) {
        let whole = Array(
            """
            version: 1
            defaults: &d {auth: optional, timeouts: {total: 1m}}
            upstreams: {u: {targets: [{url: "http://u:1", weight: 3}], health: {path: /h, interval: 1s, timeout: 1s}}}
            routes:
              - name: 'é'
                hosts: [a.example, "*.b.example"]
                path: /a/{id}/b
                methods: [GET, POST]
                upstream: u
                auth: required
                enrichment: {mode: open, ttl: 10s}
                roles: [admin]
                max_body: 32MiB
                rate_limit: {per: subject, requests: 10, per_seconds: 1}
                cors: {origins: ["https://a.example"], methods: [POST], headers: [A], credentials: true}
                request_headers: {set: {X-A: "\\u0041"}, remove: [X-B]}
                rewrite: {template: "/b/{id}"}
              - {prefix: /x/, upstream: plant, rewrite: {strip_prefix: /x}}
            """.utf8)
        #expect((try? RoutesFile.load(whole)) != nil, "\(Self.faults(String(decoding: whole, as: UTF8.self)))")
        var random = SeededRandom(UInt64(seed))
        var refused = 0
        for _ in 0..<1000 {
            var bytes = whole
            for _ in 0...random.below(4) {
                let place = random.below(bytes.count)
                let end = min(bytes.count, place + random.below(20))
                switch random.below(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.removeSubrange(place..<end)
                case 2: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
                default: bytes.insert(random.pick(Array(" \n:-[]{},#&*!|'\"".utf8)), at: place)
                }
            }
            do throws(RoutesFile.Faults) {
                _ = try RoutesFile.load(bytes)
            } catch {
                refused += 1
                let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
                #expect(!error.faults.isEmpty)
                #expect(error.faults.allSatisfy { (1...lines).contains($0.position.line) && $0.position.column >= 1 })
            }
        }
        #expect(refused > 500)
    }
}

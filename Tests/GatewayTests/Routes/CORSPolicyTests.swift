import Gateway
import Testing

@Suite("CORS")
struct CORSPolicyTests {
    private static let strict = CORSPolicy(
        origins: .these(["https://app.example", "http://localhost:3000"]), methods: ["GET", "PUT"],
        headers: ["Authorization", "X-Trace"], expose: ["X-Total", "ETag"], credentials: true, maximumAge: 60)
    private static let open = CORSPolicy(origins: .any, methods: ["GET"], headers: ["*"])

    private static func values(_ fields: [HeaderField]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
    }

    @Test("a preflight that is allowed is told what is")
    func allowed() {
        let answer = Self.strict.preflight(
            origin: "https://app.example", requestedMethod: "PUT", requestedHeaders: ["authorization, x-trace", " "])
        #expect(answer.refusal == nil)
        #expect(
            Self.values(answer.fields) == [
                "Access-Control-Allow-Origin": "https://app.example", "Access-Control-Allow-Methods": "GET, PUT",
                "Access-Control-Allow-Headers": "Authorization, X-Trace", "Access-Control-Allow-Credentials": "true",
                "Access-Control-Max-Age": "60",
                "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
            ])
    }

    @Test(
        "a preflight that is not allowed is told nothing but that answers vary",
        arguments: [
            ("https://evil.example", "GET", ""), ("https://app.example.evil.net", "GET", ""), ("null", "GET", ""),
            ("https://app.example:443", "GET", ""), ("http://app.example", "GET", ""),
            ("https://APP.example", "GET", ""),
            ("https://app.example/", "GET", ""), (nil, "GET", ""), ("https://app.example", "DELETE", ""),
            ("https://app.example", "put", ""), ("https://app.example", nil, ""),
            ("https://app.example", "GET", "X-Other"),
            ("https://app.example", "GET", "X-Trace, X-Other"), ("https://app.example", "GET", "*"),
        ] as [(String?, String?, String)])
    func refused(_ origin: String?, _ method: String?, _ headers: String) {
        let answer = Self.strict.preflight(origin: origin, requestedMethod: method, requestedHeaders: [headers])
        #expect(answer.refusal != nil)
        #expect(answer.fields.map(\.name) == ["Vary"])
    }

    @Test("a flood of requested headers is refused")
    func flood() {
        let answer = Self.open.preflight(
            origin: "https://a", requestedMethod: "GET", requestedHeaders: [String(repeating: "x,", count: 5000)])
        #expect(answer.refusal != nil)
    }

    @Test("an actual answer names the one origin, and says to caches that it depends on it")
    func actual() {
        #expect(
            Self.values(Self.strict.fields(origin: "http://localhost:3000")) == [
                "Access-Control-Allow-Origin": "http://localhost:3000", "Access-Control-Allow-Credentials": "true",
                "Access-Control-Expose-Headers": "X-Total, ETag", "Vary": "Origin",
            ])
        for origin in ["https://evil.example", nil] {
            #expect(Self.strict.fields(origin: origin) == [HeaderField("Vary", "Origin")])
        }
    }

    @Test("any origin is a star, without credentials and the same for all")
    func anyOrigin() {
        #expect(Self.open.fields(origin: "https://x") == [HeaderField("Access-Control-Allow-Origin", "*")])
        #expect(Self.open.fields(origin: nil).isEmpty)
        #expect(Self.open.preflight(origin: "null", requestedMethod: "GET", requestedHeaders: ["X-Any"]).refusal == nil)
    }

    @Test("a star of headers is not for Authorization, which Fetch wants by name")
    func starOfHeaders() {
        let asked = Self.open.preflight(
            origin: "https://x", requestedMethod: "GET", requestedHeaders: ["X-Any, AUTHORIZATION"])
        #expect(asked.refusal != nil)
        let both = CORSPolicy(origins: .any, methods: ["GET"], headers: ["*", "Authorization"])
        #expect(
            both.preflight(origin: "https://x", requestedMethod: "GET", requestedHeaders: ["authorization,x"]).refusal
                == nil)
    }

    @Test("a preflight is OPTIONS with an origin and a method asked for; anything else is a request")
    func isPreflight() {
        #expect(CORSPolicy.isPreflight(method: "OPTIONS", origin: "https://x", requestedMethod: "GET"))
        #expect(!CORSPolicy.isPreflight(method: "OPTIONS", origin: nil, requestedMethod: "GET"))
        #expect(!CORSPolicy.isPreflight(method: "OPTIONS", origin: "https://x", requestedMethod: nil))
        #expect(!CORSPolicy.isPreflight(method: "GET", origin: "https://x", requestedMethod: "GET"))
    }

    @Test("the upstream's own CORS lines are replaced, in every spelling")
    func replaces() {
        for name in ["Access-Control-Allow-Origin", "access-control-allow-credentials", "Access_Control.Max-Age"] {
            #expect(CORSPolicy.replaces(name.utf8), "\(name)")
        }
        for name in ["Access-Control-", "Access-Controls-X", "Vary", "X-Access-Control-Allow-Origin"] {
            #expect(!CORSPolicy.replaces(name.utf8), "\(name)")
        }
    }
}

import Foundation
import HTTPKit
import TestSupport
import Testing

@testable import Gateway

@Suite("Decisions for a proxy that keeps its place", .serialized, .timeLimit(.minutes(10)))
struct DecisionTests {
    private static let routes = """
        - {prefix: /api, upstream: plant, enrichment: true}
        - {prefix: /admin, upstream: plant, roles: [super_admin]}
        - {prefix: /open, upstream: plant, auth: public}
        - {prefix: /read, upstream: plant, methods: [GET]}
        - {prefix: /hosted, hosts: [a.test], upstream: plant, auth: public}
        """

    private static func run(
        _ dialect: DecisionDialect, variables: [String: String] = [:],
        _ body: @Sendable (TestGateway, UpstreamServer) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let file = try TemporaryFile(routes)
            let all = [
                "GW_ROUTES_FILE": file.path, "GW_DECIDE_FOR": dialect.rawValue, "TRUSTED_PROXIES": "127.0.0.1",
            ].merging(variables) { $1 }
            try await TestGateway.run(plant: plant, all) { gateway in
                try await body(gateway, plant)
                withExtendedLifetime(file) {}
            }
        }
    }

    /// What a proxy of the dialect sends for a request of its client.
    private static func question(
        _ dialect: DecisionDialect, _ method: String, _ target: String, host: String = "shop.test",
        token: String? = nil,
        _ more: [String] = []
    ) -> String {
        var lines: [String]
        switch dialect {
        case .none, .envoy: lines = ["\(method) /decide\(target) HTTP/1.1", "Host: \(host)"]
        case .nginx:
            lines = [
                "GET /decide HTTP/1.1", "Host: \(host)", "X-Original-Method: \(method)", "X-Original-URI: \(target)",
            ]
        case .forwardAuth:
            lines = [
                "GET /decide HTTP/1.1", "Host: gateway", "X-Forwarded-Method: \(method)", "X-Forwarded-Uri: \(target)",
                "X-Forwarded-Host: \(host)",
            ]
        }
        if let token { lines.append("Authorization: Bearer \(token)") }
        return (lines + more).map { $0 + "\r\n" }.joined() + "\r\n"
    }

    private static let dialects = DecisionDialect.allCases.filter { $0 != .none }

    @Test("yes, with who asks; no, with why; and nothing reaches an upstream but the plant's word", arguments: dialects)
    func decides(_ dialect: DecisionDialect) async throws {
        try await Self.run(dialect) { (gateway, plant) async throws in
            let token = try TestTokens.token()
            let yes = try await gateway.send(Self.question(dialect, "GET", "/api/v1/x?a=1", token: token))
            #expect(yes.status == 200)
            #expect(yes.values("x-user-id") == ["user-1"])
            #expect(yes.values("x-user-roles") == ["admin"])
            #expect(yes.values("x-customer-id") == ["customer-7"])
            #expect(yes.values("x-enrichment") == ["fresh"])
            #expect(yes.values("x-gateway-assertion").first?.isEmpty == false)
            let open = try await gateway.send(Self.question(dialect, "GET", "/open/x"))
            #expect(open.status == 200)
            // Said, and empty: a client's own line has no gap to stay in.
            for name in ["x-user-id", "x-user-roles", "x-customer-id", "x-customer-plan"] {
                #expect(open.values(name) == [""], "\(name)")
            }
            #expect(try await gateway.send(Self.question(dialect, "GET", "/api/v1/x")).code == "missing_token")
            let admin = try await gateway.send(Self.question(dialect, "GET", "/admin/x", token: token))
            #expect(admin.status == 403)
            #expect(admin.code == "forbidden")
            #expect(plant.requests.allSatisfy { $0.path == TestPlant.validatePath })
        }
    }

    @Test("method, host and path are the original's; what no route serves is no", arguments: dialects)
    func original(_ dialect: DecisionDialect) async throws {
        try await Self.run(dialect) { (gateway, _) async throws in
            let token = try TestTokens.token()
            func status(_ method: String, _ target: String, host: String = "shop.test") async throws -> Int {
                try await gateway.send(Self.question(dialect, method, target, host: host, token: token)).status
            }
            #expect(try await status("GET", "/read") == 200)
            #expect(try await status("POST", "/read") == (dialect == .nginx ? 403 : 405))
            #expect(try await status("GET", "/hosted/x", host: "a.test") == 200)
            let missing = dialect == .nginx ? 403 : 404
            #expect(try await status("GET", "/hosted/x", host: "b.test") == missing)
            #expect(try await status("GET", "/nowhere") == missing)
            #expect(try await status("GET", "/internal/v1/keys") == missing)
            #expect(try await status("GET", "/api/v1/auth/validate") == missing)
            let malformed = dialect == .nginx ? 403 : 400
            for target in ["/open/../admin", "/open/%2e%2e/admin", "/open//x", "/open/x;y", "/open/%2fadmin"] {
                #expect(try await status("GET", target) == malformed, "\(target)")
            }
        }
    }

    /// What a proxy leaves of a handshake: some keep `Upgrade` to themselves, some do not.
    private static let handshakes = [TestWebSocket.fields, Array(TestWebSocket.fields.dropFirst(2))]

    @Test("a WebSocket's handshake from a page of another origin is 403, as at the gateway itself", arguments: dialects)
    func handshake(_ dialect: DecisionDialect) async throws {
        let more = """

            - {prefix: /ws, upstream: plant, auth: public, websocket: true, cors: {origins: ["https://app.test"]}}
            - {prefix: /free, upstream: plant, auth: public, websocket: true}
            - {prefix: /plain, upstream: plant, auth: public, cors: {origins: ["https://app.test"]}}
            """
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let file = try TemporaryFile(Self.routes + more)
            let variables = [
                "GW_ROUTES_FILE": file.path, "GW_DECIDE_FOR": dialect.rawValue, "TRUSTED_PROXIES": "127.0.0.1",
            ]
            try await TestGateway.run(plant: plant, variables) { gateway in
                func ask(_ path: String, _ fields: [String]) async throws -> RawClient.Response {
                    try await gateway.send(Self.question(dialect, "GET", path, fields))
                }
                for handshake in Self.handshakes {
                    for origin in [
                        ["Origin: https://evil.test"], ["Origin: null"],
                        ["Origin: https://app.test", "Origin: https://evil.test"],
                    ] {
                        let answer = try await ask("/ws/chat", handshake + origin)
                        #expect(answer.status == 403, "\(origin)")
                        #expect(answer.code == "forbidden")
                        #expect(answer.text.contains("may open no WebSocket here"))
                        #expect(answer.values("x-user-id").isEmpty)
                        // Whose origin it is, is the upstream's matter there.
                        #expect(try await ask("/free/chat", handshake + origin).status == 200)
                        #expect(try await ask("/plain/chat", handshake + origin).status == 200)
                    }
                    #expect(try await ask("/ws/chat", handshake + ["Origin: https://app.test"]).status == 200)
                    // No browser.
                    #expect(try await ask("/ws/chat", handshake).status == 200)
                }
                // A page that fetches: what it may read is told by the fields of CORS.
                #expect(try await ask("/ws/chat", ["Origin: https://evil.test"]).status == 200)
                #expect(plant.requests.isEmpty)
                withExtendedLifetime(file) {}
            }
        }
    }

    @Test("nobody but TRUSTED_PROXIES is answered", arguments: dialects)
    func untrusted(_ dialect: DecisionDialect) async throws {
        try await Self.run(dialect, variables: ["TRUSTED_PROXIES": "10.0.0.0/8"]) { (gateway, _) async throws in
            let answer = try await gateway.send(Self.question(dialect, "GET", "/open/x"))
            #expect(answer.status == 404)
            #expect(answer.values("x-user-id").isEmpty)
        }
    }

    @Test("without GW_DECIDE_FOR it is a path like any other")
    func off() async throws {
        try await Self.run(.none) { (gateway, _) async throws in
            #expect(try await gateway.send(Self.question(.nginx, "GET", "/open/x")).status == 404)
        }
    }

    @Test("what a client adds in another dialect, another spelling or twice changes nothing, or is refused")
    func forged() async throws {
        try await Self.run(.nginx) { (gateway, _) async throws in
            let lies = ["X-Forwarded-Uri: /open/x", "X-Forwarded-Method: GET", "X_Original_URI: /open/x"]
            let asked = Self.question(.nginx, "GET", "/admin/x", lies)
            #expect(try await gateway.send(asked).code == "missing_token")
            let twice = Self.question(.nginx, "GET", "/admin/x", ["X-Original-URI: /open/x"])
            #expect(try await gateway.send(twice).code == "malformed_request")
            let none = TestGateway.request("GET", "/decide")
            #expect(try await gateway.send(none).code == "malformed_request")
        }
        try await Self.run(.forwardAuth) { (gateway, _) async throws in
            let lies = ["X-Original-URI: /open/x", "X-Original-Method: GET", "X_Forwarded_Uri: /open/x"]
            let asked = Self.question(.forwardAuth, "GET", "/admin/x", lies)
            #expect(try await gateway.send(asked).code == "missing_token")
        }
    }

    // MARK: the real ones

    private static let nginxConfiguration = """
        daemon off; user root; worker_processes 1; pid FOLDER/nginx.pid; error_log stderr error;
        events { worker_connections 64; }
        http {
            access_log off;
            client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
            uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
            server {
                listen unix:FOLDER/in.sock;
                location / {
                    auth_request /_decide;
                    auth_request_set $user $upstream_http_x_user_id;
                    auth_request_set $email $upstream_http_x_user_email;
                    auth_request_set $roles $upstream_http_x_user_roles;
                    auth_request_set $customer $upstream_http_x_customer_id;
                    auth_request_set $plan $upstream_http_x_customer_plan;
                    auth_request_set $enrichment $upstream_http_x_enrichment;
                    auth_request_set $gateway $upstream_http_x_gateway;
                    auth_request_set $assertion $upstream_http_x_gateway_assertion;
                    proxy_set_header X-User-Id $user;
                    proxy_set_header X-User-Email $email;
                    proxy_set_header X-User-Roles $roles;
                    proxy_set_header X-Customer-Id $customer;
                    proxy_set_header X-Customer-Plan $plan;
                    proxy_set_header X-Enrichment $enrichment;
                    proxy_set_header X-Gateway $gateway;
                    proxy_set_header X-Gateway-Assertion $assertion;
                    proxy_set_header X-Original-Authorization "";
                    proxy_pass http://127.0.0.1:UPSTREAM;
                }
                location = /_decide {
                    internal;
                    proxy_pass http://127.0.0.1:GATEWAY/decide;
                    proxy_pass_request_body off;
                    proxy_set_header Content-Length "";
                    proxy_set_header Host $host;
                    proxy_set_header X-Original-Method $request_method;
                    proxy_set_header X-Original-URI $request_uri;
                }
            }
        }
        """

    private static let caddyConfiguration = """
        {
            admin off
            auto_https off
        }
        :80 {
            bind unix/FOLDER/in.sock
            request_header -X_*
            request_header -X-Original-Authorization
            forward_auth 127.0.0.1:GATEWAY {
                uri /decide
                copy_headers X-User-Id X-User-Email X-User-Roles X-Customer-Id X-Customer-Plan X-Enrichment X-Gateway \
                    X-Gateway-Assertion
            }
            reverse_proxy 127.0.0.1:UPSTREAM
        }
        """

    private static let envoyConfiguration = """
        static_resources:
          listeners:
            - address: {pipe: {path: FOLDER/in.sock}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": TYPE.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: in
                        common_http_protocol_options: {headers_with_underscores_action: DROP_HEADER}
                        route_config:
                          request_headers_to_remove: [x-original-authorization]
                          virtual_hosts:
                            - name: all
                              domains: ["*"]
                              routes: [{match: {prefix: /}, route: {cluster: shop}}]
                        http_filters:
                          - name: envoy.filters.http.ext_authz
                            typed_config:
                              "@type": TYPE.http.ext_authz.v3.ExtAuthz
                              http_service:
                                server_uri: {uri: "http://127.0.0.1:GATEWAY", cluster: lockstep, timeout: 2s}
                                path_prefix: /decide
                                authorization_response:
                                  allowed_upstream_headers:
                                    patterns:
                                      [{prefix: x-user-}, {prefix: x-customer-}, {prefix: x-enrichment}, {prefix: x-gateway}]
                          - name: envoy.filters.http.router
                            typed_config:
                              "@type": TYPE.http.router.v3.Router
          clusters:
            - name: lockstep
              type: STATIC
              load_assignment: {cluster_name: lockstep, endpoints: [{lb_endpoints: [
                {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: GATEWAY}}}}]}]}
            - name: shop
              type: STATIC
              load_assignment: {cluster_name: shop, endpoints: [{lb_endpoints: [
                {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: UPSTREAM}}}}]}]}
        """

    /// Where scripts/envoy-for-tests brings it.
    private static let envoyPath =
        #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/.build/envoy/envoy"

    @Test(
        "Envoy ext_authz in front, with what docs/OPERATIONS.md shows",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: envoyPath), "scripts/envoy-for-tests brought no Envoy"))
    func envoy() async throws {
        let configuration = Self.envoyConfiguration
            .replacing("TYPE", with: "type.googleapis.com/envoy.extensions.filters")
        try await Self.inFront(.envoy, configuration, file: "envoy.yaml") { folder in
            try Tool.start(
                Self.envoyPath,
                ["-c", folder + "/envoy.yaml", "--concurrency", "1", "--use-dynamic-base-id", "-l", "error"])
        }
    }

    @Test(
        "nginx auth_request in front, with what docs/OPERATIONS.md shows",
        .enabled(if: Tool.path("nginx") != nil, "nginx is not installed"))
    func nginx() async throws {
        try await Self.inFront(.nginx, Self.nginxConfiguration, file: "nginx.conf") { folder in
            try Tool.start("nginx", ["-e", "stderr", "-p", folder, "-c", folder + "/nginx.conf"])
        }
    }

    @Test(
        "Caddy forward_auth in front, with what docs/OPERATIONS.md shows",
        .enabled(if: Tool.path("caddy") != nil, "caddy is not installed"))
    func caddy() async throws {
        try await Self.inFront(.forwardAuth, Self.caddyConfiguration, file: "Caddyfile") { folder in
            try Tool.start("caddy", ["run", "--adapter", "caddyfile", "--config", folder + "/Caddyfile"], home: folder)
        }
    }

    /// Each name that the gateway alone may set, in the spellings that proxies tell apart and CGI does not, and twice. (The
    /// identifier of a request is the client's to choose.)
    private static let forgeries = ManagedHeader.all.filter { $0 != ManagedHeader.requestID }.flatMap { name in
        let spellings = [name, name.lowercased(), name.replacing("-", with: "_"), "X_" + name.dropFirst(2)]
        return (spellings + spellings).map { "\($0): forged" }
    }

    private static func inFront(
        _ dialect: DecisionDialect, _ configuration: String, file: String,
        _ start: @Sendable (String) throws -> Tool
    ) async throws {
        try await UpstreamServer.with({ _ in .json("{}") }) { upstream in
            try await run(dialect) { gateway, _ in
                let folder = try TemporaryFolder()
                let text = configuration.replacing("FOLDER", with: folder.path(""))
                    .replacing("GATEWAY", with: "\(gateway.port)").replacing("UPSTREAM", with: "\(upstream.port)")
                try folder.write(text, to: file)
                let process = try start(folder.path(""))
                let socket = folder.path("in.sock")
                // Envoy makes the socket before it listens to it.
                try await Tool.until { (try? await RawClient.connect(port: 0, unixPath: socket).close()) != nil }
                func ask(_ target: String, _ fields: [String] = [], token: String? = nil) async throws
                    -> RawClient.Response
                {
                    let client = try await RawClient.connect(port: 0, unixPath: socket)
                    defer { client.close() }
                    return try await client.request(TestGateway.request("GET", target, fields, token: token))
                }
                let token = try TestTokens.token()
                let lies =
                    [
                        "X-Original-URI: /open/x", "X-Forwarded-Uri: /open/x", "X-Original-Method: GET",
                        "X-Forwarded-Method: GET",
                    ]
                    + Self.forgeries
                #expect(try await ask("/api/v1/x", lies, token: token).status == 200)
                let request = try #require(upstream.requests.first)
                #expect(request.values("x-user-id") == ["user-1"])
                #expect(request.values("x-user-roles") == ["admin"])
                #expect(request.values("x-enrichment").count == 1)
                #expect(request.values("x-gateway-assertion").count == 1)
                #expect(!request.headers.contains { $0.value.contains("forged") }, "\(request.headers)")
                #expect(try await ask("/api/v1/x", lies).status == 401)
                #expect(try await ask("/admin/x", lies, token: token).status == 403)
                #expect(try await ask("/open/x", lies).status == 200)
                let open = try #require(upstream.requests.last)
                #expect(open.values("x-user-id").allSatisfy { $0.isEmpty })
                #expect(open.values("x-user-roles").allSatisfy { $0.isEmpty })
                #expect(!open.headers.contains { $0.value.contains("forged") }, "\(open.headers)")
                #expect(upstream.requests.count == 2)
                try await process.stop()
            }
        }
    }
}

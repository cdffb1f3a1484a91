import Evidence
import Testing

@testable import Check

/// The failures of DESIGN §1, as the repositories of the teams looked that had them: each is found with file and line, and
/// gone when it is mended.
@Suite("The failures that this suite exists for")
struct FailureTests {
    /// `RULE file:line` of each finding's first place.
    static func found(_ files: [String: String], _ severity: Severity = .warning) -> [String] {
        Checker(SourceTree(files)).run().findings.filter { $0.severity >= severity }.map { finding in
            "\(finding.rule.rawValue) \(finding.locations.first?.description ?? "")"
        }
    }

    // MARK: A

    private static func twoDefaults(core: String, plugin: String, variables: String) -> [String: String] {
        [
            "docker-compose.prod.yml": """
            services:
              core:
                build: ./core
                environment:
                  ENVIRONMENT: production\(variables)
              plugin:
                build: ./plugin
                environment:
                  ENVIRONMENT: production\(variables)
            """,
            "core/requirements.txt": "pyjwt", "plugin/requirements.txt": "python-jose",
            "core/settings.py": """
            import os

            SECRET_KEY = \(core)
            """,
            "core/auth.py": """
            import jwt
            from settings import SECRET_KEY

            def create(claims):
                return jwt.encode(claims, SECRET_KEY, algorithm="HS256")
            """,
            "plugin/auth.py": """
            import os
            from jose import jwt

            SECRET_KEY = \(plugin)

            def check(token):
                return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
            """,
        ]
    }

    @Test("A: each component has its own default in code, and production sets neither")
    func ownDefaults() {
        let broken = Self.found(
            Self.twoDefaults(
                core: #"os.getenv("SECRET_KEY", "dev_secret_key_change_in_production")"#,
                plugin: #"os.getenv("SECRET_KEY", "your-secret-key-here")"#, variables: ""))
        #expect(broken.contains("LS102 plugin/auth.py:4"))
        #expect(broken.contains("LS104 docker-compose.prod.yml:2"))
        #expect(broken.contains("LS104 docker-compose.prod.yml:6"))
        #expect(broken.contains("LS202 plugin/auth.py:4"))
        #expect(broken.contains("LS202 core/settings.py:3"))
        let mended = Self.found(
            Self.twoDefaults(
                core: #"os.environ["SECRET_KEY"]"#, plugin: #"os.environ["SECRET_KEY"]"#,
                variables: "\n      SECRET_KEY: ${SECRET_KEY:?}"))
        #expect(mended == [])
    }

    // MARK: B

    private static func manifests(portal: String, enrichment: String) -> [String: String] {
        [
            "docker-compose.yml": """
            services:
              platform_portal:
                build: ./portal
                environment:
                  JWT_SECRET: ${JWT_SECRET}
              backend:
                build: ./backend
                environment:
                  JWT_SECRET: ${JWT_SECRET}
              gateway:
                build: ./gateway
                environment:
                  JWT_SECRET: ${JWT_SECRET}
                  GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT: "false"
            """,
            "infrastructure.yaml": """
            environments:
              production: {}
            services:
              platform-portal:
                env_vars:
                  ENVIRONMENT: production
                \(portal)
              backend:
                env_vars:
                  ENVIRONMENT: production
                secrets:
                  - {name: JWT_SECRET, secret_name: jwt-secret-production, version: "3"}
              gateway:
                env_vars:
                  ENVIRONMENT: production\(enrichment)
                secrets:
                  - {name: JWT_SECRET, secret_name: jwt-secret-production, version: "3"}
            """,
        ]
    }

    @Test("B: the cloud manifest gives it to the backend and not to the portal; a default that flips is left out")
    func cloud() {
        let broken = Self.found(Self.manifests(portal: "image: portal", enrichment: ""))
        #expect(broken.contains("LS101 infrastructure.yaml:4"))
        #expect(broken.contains { $0.hasPrefix("LS111 infrastructure.yaml:") })
        let mended = Self.found(
            Self.manifests(
                portal: #"secrets: [{name: JWT_SECRET, secret_name: jwt-secret-production, version: "3"}]"#,
                enrichment: "\n      GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT: \"false\""))
        #expect(mended == [])
    }

    // MARK: C

    @Test("C: two loading paths in one service, and a third that derives its default")
    func paths() {
        func files(_ middleware: String, _ socket: String) -> [String: String] {
            [
                "api/requirements.txt": "pyjwt",
                "api/auth.py": """
                import jwt
                from secrets_manager import get_jwt_secret

                def create(claims):
                    return jwt.encode(claims, get_jwt_secret(), algorithm="HS256")
                """,
                "api/middleware.py": """
                import os
                import jwt
                from secrets_manager import get_jwt_secret

                def check(token):
                    return jwt.decode(token, \(middleware), algorithms=["HS256"])
                """,
                "api/socket.py": """
                import hashlib
                import os
                import jwt
                from secrets_manager import get_jwt_secret

                SECRET = \(socket)

                def check(token):
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                """,
            ]
        }
        let broken = Self.found(
            files(
                #"os.environ["JWT_SECRET"]"#,
                #"os.getenv("JWT_SECRET") or hashlib.sha256(b"farm").hexdigest()"#))
        #expect(broken.contains("LS201 api/middleware.py:6"))
        #expect(broken.contains("LS202 api/socket.py:6"))
        #expect(Self.found(files("get_jwt_secret()", "get_jwt_secret()")) == [])
    }

    // MARK: D

    @Test("D: services in different environments, and another source in the chain")
    func environments() {
        func files(_ environment: String, _ name: String) -> [String: String] {
            [
                "k8s/production/deploy.yaml": """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: auth, namespace: shop}
                spec:
                  template:
                    spec:
                      containers:
                        - name: auth
                          image: registry.example.org/shop/auth:1
                          env:
                            - {name: ENVIRONMENT, value: production}
                            - name: JWT_SECRET
                              valueFrom: {secretKeyRef: {name: jwt, key: secret}}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: api, namespace: shop}
                spec:
                  template:
                    spec:
                      containers:
                        - name: api
                          image: registry.example.org/shop/api:1
                          env:
                            - {name: ENVIRONMENT, value: \(environment)}
                            - name: JWT_SECRET
                              valueFrom: {secretKeyRef: {name: \(name), key: secret}}
                """
            ]
        }
        let broken = Self.found(files("staging", "jwt-staging"))
        #expect(broken.contains("LS109 k8s/production/deploy.yaml:25"))
        #expect(broken.contains("LS102 k8s/production/deploy.yaml:26"))
        #expect(Self.found(files("production", "jwt")) == [])
    }

    // MARK: E

    @Test("E: one container of two gets it, and the secret is pasted in a document")
    func containers() {
        func files(_ second: String, _ document: String) -> [String: String] {
            [
                "docker-compose.yml": """
                services:
                  portal:
                    build: ./portal
                    environment: {JWT_SECRET: "${JWT_SECRET}"}
                  plant:
                    build: ./plant
                    environment: {JWT_SECRET: "${JWT_SECRET}"}
                """,
                "ecs/task-production.json": """
                {
                  "family": "shop-production",
                  "containerDefinitions": [
                    {
                      "name": "portal", "image": "shop/portal",
                      "secrets": [
                        {"name": "JWT_SECRET", "valueFrom": "arn:aws:secretsmanager:eu-west-1:1:secret:jwt-AbCdEf"}
                      ]
                    },
                    {
                      "name": "plant", "image": "shop/plant",
                      "secrets": [\(second)]
                    }
                  ]
                }
                """,
                "docs/DEPLOYMENT.md": document,
            ]
        }
        let broken = Self.found(files("", "Set `JWT_SECRET=\(Given.strong)` in the console.\n"))
        #expect(broken.contains("LS101 ecs/task-production.json:11"))
        #expect(broken.contains("LS105 docs/DEPLOYMENT.md:1"))
        let mended = Self.found(
            files(
                #"{"name": "JWT_SECRET", "valueFrom": "arn:aws:secretsmanager:eu-west-1:1:secret:jwt-AbCdEf"}"#,
                "Set JWT_SECRET to the secret of the store.\n"))
        #expect(mended == [])
    }
}

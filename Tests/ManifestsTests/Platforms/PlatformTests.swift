import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("hosting platforms")
struct PlatformTests {
    static func read(_ files: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(files), readers: [PlatformReader()])
    }

    static func shown(_ reading: ManifestReading) -> [String] {
        reading.stacks.flatMap { stack in
            stack.workloads.flatMap { workload in
                spelled(workload.assignments).map {
                    "\(stack.environment?.environment.rawValue ?? "-") \(workload.name) \($0)"
                }
            }
        }
    }

    static let files: [([String: String], [String])] = [
        (
            [
                "portal/fly.toml": "app = \"portal\"\n[env]\nJWT_SECRET = \"x\"\n",
                "backend/fly.toml": "app = 'backend'\n[env]\nA = 'b'\n",
                "backend/fly.staging.toml": "app = 'backend-staging'\n[env]\nA = 'c'\n",
            ],
            ["staging backend-staging A=c", "- backend A=b", "- portal JWT_SECRET=x"]
        ),
        (
            [
                "render.yaml": """
                services:
                  - type: web
                    name: portal
                    envVars:
                      - {key: JWT_SECRET, generateValue: true}
                      - {key: API_KEY, sync: false}
                      - fromGroup: shared
                      - {key: LOG, value: debug}
                  - type: web
                    name: backend
                    envVars:
                      - {key: JWT_SECRET, fromService: {type: web, name: portal, envVarKey: JWT_SECRET}}
                      - {key: OWN, generateValue: true}
                      - {key: DB, fromDatabase: {name: db, property: connectionString}}
                      - fromGroup: shared
                envVarGroups:
                  - name: shared
                    envVars:
                      - {key: SIGNING_KEY, generateValue: true}
                      - {key: LOG, value: info}
                """
            ],
            [
                "- portal JWT_SECRET=<platform:portal/JWT_SECRET>", "- portal API_KEY=<?>",
                "- portal SIGNING_KEY=<platform:group shared/SIGNING_KEY>", "- portal LOG=debug",
                "- backend JWT_SECRET=<platform:portal/JWT_SECRET>", "- backend OWN=<platform:backend/OWN>",
                "- backend DB=<platform:db/connectionString>",
                "- backend SIGNING_KEY=<platform:group shared/SIGNING_KEY>",
                "- backend LOG=info",
            ]
        ),
        (
            [
                "app.yaml":
                    "runtime: python312\nservice: portal\nincludes: [vars.yaml]\nenv_variables:\n  JWT_SECRET: own\n",
                "vars.yaml": "env_variables:\n  JWT_SECRET: included\n  A: $X\n",
                "api/app.yaml": "runtime: go122\nservice: api\nenv_variables: {ENVIRONMENT: production}\n",
            ],
            ["production api ENVIRONMENT=production", "- portal JWT_SECRET=own", "- portal A=<env:X>"]
        ),
        (
            [
                ".do/app.yaml":
                    "name: acme\nenvs: [{key: A, value: b}]\nservices:\n  - name: api\n    envs: [{key: JWT_SECRET, value: 'EV[1:x:y]', type: SECRET}]\n"
            ],
            ["- api A=b", "- api JWT_SECRET=<?>"]
        ),
        (
            [
                "vercel.json":
                    #"{"name": "web", "env": {"JWT_SECRET": "@jwt-secret", "A": "b"}, "build": {"env": {"NPM_TOKEN": "@npm"}}}"#
            ],
            ["- web JWT_SECRET=<platform:vercel/jwt-secret>", "- web A=b"]
        ),
        (
            [
                "netlify.toml":
                    "[build.environment]\nA = \"1\"\n[context.production.environment]\nJWT_SECRET = \"x\"\n[context.staging.environment]\nA = \"2\"\n"
            ],
            ["production netlify A=1", "production netlify JWT_SECRET=x", "staging netlify A=2"]
        ),
        (
            [
                "app.json":
                    #"{"name": "shop", "env": {"JWT_SECRET": {"generator": "secret"}, "A": "b", "C": {"required": true}}, "environments": {"test": {"env": {"A": "t"}}}}"#
            ],
            [
                "- shop JWT_SECRET=<platform:shop/JWT_SECRET>", "- shop A=b", "- shop C=<?>",
                "test shop JWT_SECRET=<platform:shop/JWT_SECRET>", "test shop A=t", "test shop C=<?>",
            ]
        ),
    ]

    @Test("variables are read as each platform has them", arguments: files)
    func variables(files: [String: String], expected: [String]) {
        let reading = Self.read(files)
        #expect(reading.unread == [])
        #expect(Self.shown(reading) == expected)
    }

    @Test(
        "what a platform keeps to itself leaves the list open",
        arguments: [
            ("fly.toml", "app = 'a'"), ("vercel.json", "{}"), ("netlify.toml", "[build]"),
            ("app.json", #"{"env": {}}"#), ("railway.json", "{}"), ("railway.toml", "[deploy]"),
        ])
    func gaps(file: String, text: String) {
        #expect(Self.read([file: text]).stacks.first?.workloads.first?.gaps.count == 1)
    }

    @Test("secrets for a build are told")
    func builds() {
        #expect(
            spelled(Self.read(["vercel.json": #"{"build": {"env": {"T": "@npm"}}}"#]).loose) == [
                "T=<platform:vercel/npm> buildArgument vercel.json:1"
            ])
        #expect(
            spelled(Self.read(["fly.toml": "[build.args]\nJWT_SECRET = 'x'\n"]).loose) == [
                "JWT_SECRET=x buildArgument fly.toml:2"
            ])
    }

    @Test("a file that can't be read is named, and includes in a circle end")
    func faults() {
        let reading = Self.read([
            "fly.toml": "[env", "vercel.json": "{",
            "a/app.yaml": "runtime: x\nincludes: [app.yaml, ../b.yaml, gone.yaml]\nenv_variables: {A: b}",
            "b.yaml": "includes: [a/app.yaml]",
        ])
        #expect(reading.unread.map(\.position.file) == ["fly.toml", "vercel.json"])
        #expect(Self.shown(reading) == ["- default A=b"])
    }

    @Test(
        "files of others with the same name are not claimed",
        arguments: [
            ("app.json", #"{"expo": {"name": "x"}}"#), ("app.yaml", "apiVersion: v1\nkind: X\nruntime: y"),
            ("app.yaml", "a: b"),
        ])
    func foreign(file: String, text: String) {
        #expect(Self.read([file: text]).stacks.isEmpty)
    }
}

import Foundation
import Secrets
import TestSupport
import Testing

/// The five ways in which services drifted apart (docs/ARCHITECTURE.md), each started for real in the broken way.
extension SuiteTests {
    @Suite("The five failures, and what the suite says of each", .serialized)
    struct FiveFailures {
        // MARK: A: each component has its own default

        @Test(
            "A: the defaults that components once carried start nothing in production",
            arguments: ["dev_secret_key_change_in_production", "your-secret-key-here"])
        func ownDefaults(value: String) async throws {
            for service in RunningSuite.Service.allCases {
                let refused = try await Refused.start(
                    service, environment: "production", changes: ["JWT_SECRET": value])
                #expect(refused.exitCode == 78, "\(service.rawValue): \(refused.log)")
                #expect(!refused.log.contains(value), "\(service.rawValue) shows the secret")
                #expect(refused.log.contains("JWT_SECRET"), "\(service.rawValue) does not name the variable")
            }
        }

        @Test("A: where nobody sets a secret, production starts nothing, and says which variable is missing")
        func noDefaultInProduction() async throws {
            for service in RunningSuite.Service.allCases {
                let refused = try await Refused.start(
                    service, environment: "production", changes: ["JWT_SECRET": nil])
                #expect(refused.exitCode == 78, "\(service.rawValue): \(refused.log)")
                #expect(
                    refused.log.contains("JWT secret is REQUIRED in production environment"),
                    "\(service.rawValue): \(refused.log)")
            }
        }

        @Test("A: where nobody sets a secret, development has one fallback for everyone, and it works")
        func oneFallbackInDevelopment() async throws {
            let unset: [String: String?] = ["JWT_SECRET": nil]
            try await RunningSuite.run(
                changes: Dictionary(uniqueKeysWithValues: RunningSuite.Service.allCases.map { ($0, unset) })
            ) { suite in
                let session = try await suite.login()
                let reply = try await HTTP.get(suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                #expect(reply.status == 200)
                let kids = try await suite.kids(.plant)
                #expect(kids.allSatisfy { $0.hasPrefix("dev-") })
            }
        }

        // MARK: B: one service holds another secret

        @Test("B: a plant on another secret is held back, and says both kids and both sources")
        func plantOnAnotherSecret() async throws {
            try await Self.expectPlantIsNamed(
                plantChanges: ["JWT_SECRET": randomText(bytes: 48)], plantSource: "JWT_SECRET")
        }

        @Test("B: in development a plant whose variable is missing falls back, is held back, and says so")
        func plantOnFallback() async throws {
            try await Self.expectPlantIsNamed(
                plantChanges: ["JWT_SECRET": nil], plantSource: "development fallback")
        }

        @Test("B: a portal that signs with another secret: the verifiers that start beside it name it, and hold back")
        func portalOnAnotherSecret() async throws {
            try await RunningSuite.run(
                changes: [.customerPortal: ["JWT_SECRET": randomText(bytes: 48)]], awaitReadiness: false
            ) { suite in
                let portalKid = try #require(try await suite.kids(.customerPortal).first)
                for service in [RunningSuite.Service.gateway, .plant] {
                    let ownKid = try #require(try await suite.kids(service).first)
                    let isNamed = await poll(seconds: 60) {
                        let ready = (try? await HTTP.get(suite.url(service) + "/ready"))?.text ?? ""
                        return ["key_disagreement", "lockstep-customer", portalKid, ownKid].allSatisfy(ready.contains)
                    }
                    let ready = try await HTTP.get(suite.url(service) + "/ready")
                    #expect(isNamed && ready.status == 503, "\(service.rawValue): \(ready.text)")
                }
                let session = try await suite.login()
                let reply = try await HTTP.get(suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                #expect(reply.status == 200, "the platform portal's tokens are as good as before: \(reply.text)")
            }
        }

        @Test("B: with enrichment off the drift stays unseen by the screens, with it on each one fails and says why")
        func enrichmentUncoversTheDrift() async throws {
            let backend = try await EchoBackend.start()
            defer { backend.stop() }
            for enrichment in [false, true] {
                let routes = try Self.routesFile(to: backend.url)
                try await RunningSuite.run(
                    changes: [
                        .plant: ["JWT_SECRET": randomText(bytes: 48)],
                        .gateway: [
                            "GW_ROUTES_FILE": routes,
                            "GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": enrichment ? "true" : "false",
                        ],
                    ], awaitReadiness: false
                ) { suite in
                    let session = try await suite.login()
                    let reply = try await HTTP.get(
                        suite.url(.gateway) + "/screens/overview", token: session.accessToken)
                    if enrichment {
                        #expect(reply.status == 401, "\(reply.text)")
                        #expect(reply.code == "unknown_key", "\(reply.text)")
                        for word in try await suite.kids(.gateway) + ["plant"] {
                            #expect(
                                await suite.process(.gateway).logs(word),
                                "the gateway's log names neither its own kid nor who refused")
                        }
                    } else {
                        #expect(reply.status == 200, "\(reply.text)")
                    }
                }
            }
        }

        private static func expectPlantIsNamed(plantChanges: [String: String?], plantSource: String) async throws {
            try await RunningSuite.run(changes: [.plant: plantChanges], awaitReadiness: false) { suite in
                for service in [RunningSuite.Service.platformPortal, .customerPortal, .gateway] {
                    try await suite.process(service).waitUntilReady()
                }
                let issuerKid = try #require(try await suite.kids(.platformPortal).first)
                let plantKid = try #require(try await suite.kids(.plant).first)
                #expect(issuerKid != plantKid)
                #expect(plantKid.hasPrefix("dev-") == (plantSource == "development fallback"))

                let held = await poll(seconds: 60) {
                    (try? await HTTP.get(suite.url(.plant) + "/ready"))?.text.contains("key_disagreement") == true
                }
                let ready = try await HTTP.get(suite.url(.plant) + "/ready")
                #expect(held && ready.status == 503, "\(ready.text)")
                for text in [ready.text, suite.process(.plant).log] {
                    #expect(text.contains(issuerKid), "does not name the issuer's kid: \(text.suffix(2_000))")
                    #expect(text.contains(plantKid), "does not name its own kid")
                    #expect(text.contains(plantSource), "does not name its own source")
                    #expect(text.contains("environment variable JWT_SECRET"), "does not name the issuer's source")
                    #expect(text.contains("plant"), "does not name the service")
                }

                let session = try await suite.login()
                let reply = try await HTTP.get(suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                #expect(reply.status == 401 && reply.code == "unknown_key", "\(reply.status) \(reply.text)")
            }
        }

        /// A screen's backend that, as many do, verifies nothing itself.
        private static func routesFile(to url: String) throws -> String {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("routes-\(UUID()).json")
            try Data(
                #"[{"prefix":"/screens/","upstream":"\#(url)","auth":"required","enrichment":true}]"#.utf8
            ).write(to: file)
            return file.path
        }

        // MARK: C: a second loading path

        @Test("C: a source that reads the secret past the one loader is refused by the check that CI runs first")
        func secondLoadingPath() throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("second-path-\(UUID())")
            let sources = folder.appendingPathComponent("Services/Plant/Auth")
            try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = sources.appendingPathComponent("OwnSecret.swift")

            let harmless = "/// Reads JWT_SECRET? No: the manager does.\nlet name = \"JWT_SECRET\"\n"
            try Data(harmless.utf8).write(to: file)
            #expect(try Self.checkReads(folder).status == 0, "words are no reads")

            let readers = [
                #"let secret = ProcessInfo.processInfo.environment["JWT_SECRET"] ?? "your-secret-key-here""#,
                #"let secret = getenv("JWT_SECRET").map { String(cString: $0) }"#,
                #"let provider = EnvironmentVariablesProvider()"#,
            ]
            for reader in readers {
                try Data(("import Foundation\n" + reader + "\n").utf8).write(to: file)
                let result = try Self.checkReads(folder)
                #expect(result.status != 0, "not refused: \(reader)")
                #expect(result.output.contains("OwnSecret.swift:2"), "does not say where: \(result.output)")
            }
        }

        private static func checkReads(_ folder: URL) throws -> (status: Int32, output: String) {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let process = Process()
            process.executableURL = root.appendingPathComponent("scripts/check-environment-reads")
            process.arguments = [folder.path]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.start()
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        }

        // MARK: D: services in different environments

        @Test("D: a gateway in another environment is drift even with an equal key, and both are named")
        func otherEnvironmentSameKey() async throws {
            try await RunningSuite.run(
                environment: "staging", changes: [.gateway: ["ENVIRONMENT": "production"]], awaitReadiness: false
            ) { suite in
                try await Self.expectGatewayHeldBack(suite, naming: ["staging", "production"])
            }
        }

        @Test("D: a variable of its own environment wins in one service alone, and that is seen")
        func otherEnvironmentOtherSource() async throws {
            let staging = randomText(bytes: 48)
            let both: [String: String?] = ["JWT_SECRET_STAGING": staging, "JWT_SECRET": nil]
            try await RunningSuite.run(
                environment: "staging",
                changes: [
                    .platformPortal: both, .customerPortal: both, .plant: both,
                    .gateway: [
                        "ENVIRONMENT": "production", "JWT_SECRET": nil,
                        "JWT_SECRET_STAGING": staging, "JWT_SECRET_PRODUCTION": randomText(bytes: 48),
                    ],
                ], awaitReadiness: false
            ) { suite in
                try await Self.expectGatewayHeldBack(
                    suite, naming: ["JWT_SECRET_STAGING", "JWT_SECRET_PRODUCTION"])
            }
        }

        private static func expectGatewayHeldBack(_ suite: RunningSuite, naming words: [String]) async throws {
            try await suite.process(.platformPortal).waitUntilReady()
            let held = await poll(seconds: 60) {
                (try? await HTTP.get(suite.url(.gateway) + "/ready", token: suite.internalToken))?
                    .text.contains("key_disagreement") == true
            }
            let ready = try await HTTP.get(suite.url(.gateway) + "/ready", token: suite.internalToken)
            #expect(held && ready.status == 503, "\(ready.text)")
            for word in words {
                #expect(ready.text.contains(word), "/ready does not name \(word): \(ready.text)")
                #expect(await suite.process(.gateway).logs(word), "the log does not name \(word)")
            }
            let closed = try await HTTP.get(suite.url(.gateway) + "/ready")
            #expect(closed.status == 503)
            for word in words { #expect(!closed.text.contains(word), "/ready shows details to everyone") }
        }

        // MARK: E: a placeholder, or a secret that leaked

        @Test(
            "E: a placeholder or a published sample is refused at start, by name of the variable and not by its value",
            arguments: [
                "REPLACE_ME_WITH_A_STRONG_SECRET_BEFORE_DEPLOY",
                "your-256-bit-secret-your-256-bit-secret",
                "change-me-change-me-change-me-change-me-1234",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ])
        func placeholder(value: String) async throws {
            for service in RunningSuite.Service.allCases {
                let refused = try await Refused.start(service, environment: "staging", changes: ["JWT_SECRET": value])
                #expect(refused.exitCode == 78, "\(service.rawValue): \(refused.log)")
                #expect(refused.log.contains("JWT_SECRET"))
                #expect(!refused.log.contains(value), "\(service.rawValue) shows the secret")
            }
        }

        @Test("E: the published local default is one byte short everywhere, in development too")
        func oneByteShort() async throws {
            for service in RunningSuite.Service.allCases {
                let refused = try await Refused.start(
                    service, environment: "development",
                    changes: ["JWT_SECRET": "dev-secret-change-in-production"])
                #expect(refused.exitCode == 78, "\(service.rawValue): \(refused.log)")
                #expect(refused.log.contains("32"), "does not say the minimum: \(refused.log)")
            }
        }
    }
}

/// A service that is expected not to start.
private struct Refused {
    var exitCode: Int32
    var log: String

    static func start(
        _ service: RunningSuite.Service, environment: String, changes: [String: String?]
    ) async throws -> Refused {
        let suite = try RunningSuite(environment: environment, changes: [service: changes])
        defer { try? FileManager.default.removeItem(at: suite.folder) }
        let process = try suite.start(service)
        let code = try await process.exitCode()
        return Refused(exitCode: code, log: process.log)
    }
}

extension RunningSuite {
    /// The kids that a service holds, as its own report says.
    func kids(_ service: Service) async throws -> [String] {
        let report = try await keyReport(service)
        try #require(report.status == 200, "\(report.status) \(report.text)")
        let secrets = report.json["secrets"] as? [String: Any] ?? [:]
        return (secrets["keys"] as? [[String: Any]] ?? []).compactMap { $0["kid"] as? String }
    }
}

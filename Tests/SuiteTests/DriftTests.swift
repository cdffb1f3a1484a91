import Foundation
import TestSupport
import Testing

/// A wrong key can not start, and can not hide (DESIGN §1, gates 2 and 3): shown with real processes.
extension SuiteTests {
    @Suite("Drift is refused at start, and reported everywhere when it comes later", .serialized)
    struct Drift {
        private static let members: [RunningSuite.Service] = [.gateway, .plant, .customerPortal]

        @Test("a service started on another secret says so at once and never becomes ready", arguments: members)
        func startedOnAnotherSecret(service: RunningSuite.Service) async throws {
            let others = RunningSuite.Service.allCases.filter { $0 != service }
            try await RunningSuite.run(starting: others) { suite in
                let wrong = randomText(bytes: 48)
                suite.treatAsSecret([wrong])
                let start = ContinuousClock.now
                let process = try suite.start(service, changes: ["JWT_SECRET": wrong])
                #expect(await poll(seconds: 30) { process.log.contains("Key disagreement: ") }, "\(process.log)")
                print("drift at start: \(service.rawValue) said so \(start.duration(to: .now)) after its launch (2 s)")

                // Whatever is asked, and however often it looks again: not ready.
                try await process.waitForHealth()
                for _ in 0..<3 {
                    let before = try await suite.lastCheck(service)
                    let looked = await poll(seconds: 30) { (try? await suite.lastCheck(service)) ?? 0 > before }
                    #expect(looked, "it does not look again")
                    let ready = try await HTTP.get(process.baseURL + "/ready")
                    #expect(ready.status == 503 && ready.text.contains("key_disagreement"), "\(ready.text)")
                }
                // The others, which were there before, go on.
                for other in others {
                    let ready = try await HTTP.get(suite.url(other) + "/ready")
                    #expect(ready.status == 200, "\(other.rawValue): \(ready.text)")
                }
            }
        }

        @Test(
            "a running service whose file changes to another secret is seen in log, metrics, readiness, fleet and doctor",
            arguments: [RunningSuite.Service.gateway, .plant])
        func fileChanged(service: RunningSuite.Service) async throws {
            let secret = randomText(bytes: 48)
            let wrong = randomText(bytes: 48)
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("jwt-secret-\(UUID())")
            try Data(secret.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            // As delivered: what is promised does not hang on intervals that are set for tests.
            let delivered: [String: String?] = ["KEY_AGREEMENT_INTERVAL_SECONDS": nil]
            var changes = Dictionary(uniqueKeysWithValues: RunningSuite.Service.allCases.map { ($0, delivered) })
            changes[service]?["JWT_SECRET"] = .some(nil)
            changes[service]?["JWT_SECRET_FILE"] = file.path
            try await RunningSuite.run(jwtSecret: secret, changes: changes) { suite in
                suite.treatAsSecret([wrong])
                let issuerKid = try #require(try await suite.kids(.platformPortal).first)
                let name = service.executable
                #expect(try await Metrics.of(service, in: suite).sum("lockstep_key_drift_total") == 0)
                #expect(try suite.doctor().exitCode == 0)

                try Data(wrong.utf8).write(to: file, options: .atomic)
                let start = ContinuousClock.now
                func report(_ place: String) {
                    print("drift while running: \(service.rawValue), \(place) after \(start.duration(to: .now)) (20 s)")
                }
                #expect(
                    await poll(seconds: 60) { suite.process(service).log.contains("Key disagreement: ") },
                    "\(suite.process(service).log.suffix(3_000))")
                report("log")
                let kid = try #require(try await suite.kids(service).first)
                #expect(kid != issuerKid)
                func expectBothSides(_ text: String, _ place: String) {
                    for word in [kid, issuerKid, file.path, "environment variable JWT_SECRET"] {
                        #expect(text.contains(word), "\(place) does not name \(word): \(text.suffix(2_000))")
                    }
                }
                let lines = suite.process(service).log.split(separator: "\n")
                expectBothSides(String(lines.first { $0.contains("Key disagreement: ") } ?? ""), "the log")

                let ready = try await HTTP.get(suite.url(service) + "/ready", token: suite.internalToken)
                #expect(ready.status == 503 && ready.text.contains("key_disagreement"))
                expectBothSides(ready.text, "/ready")
                report("/ready")

                let counted = await poll(seconds: 60) {
                    let metrics = try? await Metrics.of(service, in: suite)
                    return metrics?.sum("lockstep_key_drift_total", ["issuer": suite.url(.platformPortal)]) == 1
                        && metrics?.sum("lockstep_key_agreement", ["status": "disagreed"]) == 2
                }
                #expect(counted, "of two issuers, each once")
                report("metrics")

                let row = try await suite.waitForRow(name) { $0["agreement"] as? String == "disagreed" }
                let told = try #require(row["report"] as? [String: Any])
                #expect((told["source"] as? String)?.contains(file.path) == true, "\(told)")
                expectBothSides(told["detail"] as? String ?? "", "the fleet table")
                report("fleet table")

                let doctor = try suite.doctor()
                #expect(doctor.exitCode == 1 && doctor.verdict == "wrong", "\(doctor.output)")
                let finding = doctor.findings.first { $0.code == "key_disagreement" && $0.subject.hasPrefix(name) }
                expectBothSides(finding?.cause ?? "nothing was found", "doctor")
                report("doctor")

                // Mended as it was broken: by the file.
                try Data(secret.utf8).write(to: file, options: .atomic)
                try await suite.process(service).waitUntilReady()
                _ = try await suite.waitForRow(name) { $0["agreement"] as? String == "agreed" }
                let mended = try suite.doctor()
                #expect(mended.exitCode == 0, "\(mended.output)")
            }
        }

        @Test("an issuer that changes under those who verify is named by each of them; they serve on, it is held back")
        func issuerChanged() async throws {
            let secret = randomText(bytes: 48)
            let wrong = randomText(bytes: 48)
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("jwt-secret-\(UUID())")
            try Data(secret.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let delivered: [String: String?] = ["KEY_AGREEMENT_INTERVAL_SECONDS": nil]
            var changes = Dictionary(uniqueKeysWithValues: RunningSuite.Service.allCases.map { ($0, delivered) })
            changes[.platformPortal]?["JWT_SECRET"] = .some(nil)
            changes[.platformPortal]?["JWT_SECRET_FILE"] = file.path
            try await RunningSuite.run(jwtSecret: secret, changes: changes) { suite in
                suite.treatAsSecret([wrong])
                let kid = try #require(try await suite.kids(.plant).first)
                try Data(wrong.utf8).write(to: file, options: .atomic)
                let start = ContinuousClock.now
                for service in [RunningSuite.Service.gateway, .plant] {
                    #expect(await poll(seconds: 60) { suite.process(service).log.contains("Key disagreement: ") })
                    print("drift of the issuer: seen by \(service.rawValue) after \(start.duration(to: .now)) (20 s)")
                    let line = suite.process(service).log.split(separator: "\n").first {
                        $0.contains("Key disagreement: ")
                    }
                    let issuerKid = try #require(try await suite.kids(.platformPortal).first)
                    for word in [kid, issuerKid, file.path] { #expect(line?.contains(word) == true, "\(word)") }
                    let ready = try await HTTP.get(suite.url(service) + "/ready")
                    #expect(ready.status == 200, "one wrong issuer took \(service.rawValue) down: \(ready.text)")
                }
                let held = await poll(seconds: 60) {
                    (try? await HTTP.get(suite.url(.platformPortal) + "/ready"))?.status == 503
                }
                #expect(held, "the issuer that changed last is not held back")
                #expect(try suite.doctor().findings.contains { $0.code == "key_disagreement" })
            }
        }

        @Test("with both portals down the others serve, unconfirmed and warned; they confirm when the portals return")
        func portalsDownAtBoot() async throws {
            let short: [String: String?] = ["KEY_AGREEMENT_GRACE_SECONDS": "1"]
            let others: [RunningSuite.Service] = [.gateway, .plant]
            try await RunningSuite.run(changes: [.gateway: short, .plant: short], starting: others) { suite in
                let token = try await TestTokens.access(
                    secret: suite.jwtSecret, now: Int64(Date().timeIntervalSince1970))
                for service in others {
                    let ready = try await HTTP.get(suite.url(service) + "/ready", token: suite.internalToken)
                    #expect(ready.status == 200 && ready.text.contains("unconfirmed"), "\(ready.text)")
                    #expect(await suite.process(service).logs("Key agreement unconfirmed"))
                    #expect(
                        try await Metrics.of(service, in: suite)
                            .sum("lockstep_key_agreement", ["status": "unreachable"]) == 2)
                }
                let reply = try await HTTP.get(suite.url(.gateway) + "/api/v1/customers", token: token)
                #expect(reply.status == 200, "a good token was refused: \(reply.text)")

                for portal in [RunningSuite.Service.platformPortal, .customerPortal] { try suite.start(portal) }
                for service in others {
                    let confirmed = await poll(seconds: 60) {
                        let metrics = try? await Metrics.of(service, in: suite)
                        return metrics?.sum("lockstep_key_agreement", ["status": "agreed"]) == 2
                    }
                    #expect(confirmed, "\(service.rawValue) never confirmed")
                    #expect(await suite.process(service).logs("confirmed"))
                    let ready = try await HTTP.get(suite.url(service) + "/ready", token: suite.internalToken)
                    #expect(ready.status == 200 && !ready.text.contains("unconfirmed"), "\(ready.text)")
                }
            }
        }
    }
}

extension RunningSuite {
    /// When a service last looked at its issuers, in seconds since the epoch.
    fileprivate func lastCheck(_ service: Service) async throws -> Int {
        let issuers = try await keyReport(service).json["issuers"] as? [[String: Any]] ?? []
        return issuers.compactMap { $0["checkedAt"] as? Int }.min() ?? 0
    }
}

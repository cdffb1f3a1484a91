import Foundation
import Testing

/// Services in other languages join the fleet: with `lockstep agent` beside them, or by the protocol alone.
extension SuiteTests {
    @Suite("Services in other languages", .serialized)
    struct ForeignServices {
        @Test("a Python service with an agent beside it is live and agreed, and leaves when it is stopped")
        func agentAgrees() async throws {
            try await RunningSuite.run { suite in
                let service = try Foreign.service(suite, secret: suite.jwtSecret)
                let agent = try Foreign.agent(suite, secret: suite.jwtSecret)
                do {
                    try await service.waitForHealth()
                    try await agent.waitUntilReady()
                    let row = try await suite.waitForRow("orders") { $0["agreement"] as? String == "agreed" }
                    #expect(row["status"] as? String == "live")
                    let report = try #require(row["report"] as? [String: Any])
                    #expect(report["layouts"] as? [String] == ["names"])
                    #expect(report["delivery"] as? String == "pinned")
                    #expect(report["ready"] as? Bool == true)
                    let keys = try #require(report["keys"] as? [[String: Any]])
                    #expect(keys.map { $0["verified"] as? Bool } == [true])
                    // What the agent says of the service is true of it.
                    let session = try await suite.login()
                    let who = try await HTTP.get(service.baseURL + "/whoami", token: session.accessToken)
                    #expect(who.status == 200, "\(who.text)")
                    let metrics = try await HTTP.get(agent.baseURL + "/metrics", token: suite.internalToken)
                    #expect(metrics.text.contains("lockstep_key_agreement"))
                    await agent.stop()
                    #expect(try await agent.exitCode() == 0, "\(agent.log)")
                    #expect(await suite.isGone("orders"))
                } catch {
                    await Foreign.end([service, agent])
                    throw error
                }
                await Foreign.end([service, agent])
            }
        }

        @Test("an agent that finds another secret never is ready, and the table shows both kids")
        func agentDisagrees() async throws {
            try await RunningSuite.run { suite in
                let agent = try Foreign.agent(suite, secret: randomText(bytes: 48))
                do {
                    try await Foreign.expectDisagreement(suite, service: "orders")
                    let ready = try await HTTP.get(agent.baseURL + "/ready")
                    #expect(ready.status == 503)
                    #expect(ready.code == "key_disagreement", "\(ready.text)")
                } catch {
                    await Foreign.end([agent])
                    throw error
                }
                await Foreign.end([agent])
            }
        }

        @Test("a script that speaks the protocol itself joins, disagrees and leaves", arguments: [true, false])
        func script(holdsTheKey: Bool) async throws {
            try await RunningSuite.run { suite in
                let member = try Foreign.member(
                    suite, secret: holdsTheKey ? suite.jwtSecret : randomText(bytes: 48))
                do {
                    if holdsTheKey {
                        let row = try await suite.waitForRow("stock") { $0["agreement"] as? String == "agreed" }
                        #expect(row["status"] as? String == "live")
                    } else {
                        try await Foreign.expectDisagreement(suite, service: "stock")
                    }
                    await member.stop()
                    #expect(await suite.isGone("stock"))
                } catch {
                    await Foreign.end([member])
                    throw error
                }
                await Foreign.end([member])
            }
        }
    }
}

private enum Foreign {
    static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Interop").path

    private static func variables(_ suite: RunningSuite, secret: String) -> [String: String] {
        suite.treatAsSecret([secret])
        var variables = suite.variables(of: .gateway)
        variables["JWT_SECRET"] = secret
        variables["FLEET_REPORT_INTERVAL_SECONDS"] = "1"
        return variables
    }

    static func agent(_ suite: RunningSuite, secret: String) throws -> ServiceProcess {
        let port = FreePorts.take()
        return try ServiceProcess(
            "lockstep",
            arguments: [
                "agent", "--service", "orders", "--instance", "orders-1", "--listen", "127.0.0.1:\(port)",
                "--file", suite.folder.path + "/docker-compose.local.yml",
            ], name: "agent", port: port, environment: variables(suite, secret: secret), folder: suite.folder)
    }

    static func service(_ suite: RunningSuite, secret: String) throws -> ServiceProcess {
        try ServiceProcess(
            "/usr/bin/env", arguments: ["python3", scripts + "/foreign_service.py"], name: "orders",
            port: FreePorts.take(), environment: ["JWT_SECRET": secret], folder: suite.folder)
    }

    static func member(_ suite: RunningSuite, secret: String) throws -> ServiceProcess {
        let own = ["SERVICE": "stock", "INSTANCE": "stock-1"]
        return try ServiceProcess(
            "/usr/bin/env", arguments: ["python3", scripts + "/fleet_member.py"], name: "stock",
            port: FreePorts.take(),
            environment: variables(suite, secret: secret).merging(own) { _, own in own }, folder: suite.folder)
    }

    static func end(_ processes: [ServiceProcess]) async {
        for process in processes { await process.stop() }
    }

    static func expectDisagreement(_ suite: RunningSuite, service: String) async throws {
        let row = try await suite.waitForRow(service) { $0["agreement"] as? String == "disagreed" }
        let report = try #require(row["report"] as? [String: Any])
        let keys = try #require(report["keys"] as? [[String: Any]])
        let ours = try #require(keys.first?["kid"] as? String)
        let gateway = try await suite.waitForRow("gateway") { $0["agreement"] as? String == "agreed" }
        let theirKeys = try #require((gateway["report"] as? [String: Any])?["keys"] as? [[String: Any]])
        let theirs = try #require(theirKeys.first?["kid"] as? String)
        #expect(ours != theirs)
        let detail = report["detail"] as? String ?? ""
        #expect(detail.contains(ours) && detail.contains(theirs), "\(detail)")
        // Held back, so it speaks against nobody.
        #expect(report["ready"] as? Bool == false)
    }
}

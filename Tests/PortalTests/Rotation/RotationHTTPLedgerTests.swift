import AsyncHTTPClient
import Contracts
import Fleet
import HTTPKit
import Secrets
import TestSupport
import Testing

@testable import Portal

@Suite("A rotation's ledger over HTTP, at a portal's own routes")
struct RotationHTTPLedgerTests {
    private static func ledger(_ url: String, token: String = KeeperClient.internalToken) -> RotationLedger {
        RotationHTTPLedger(client: .shared, url: url, internalToken: InternalToken(secret: SecretBytes(utf8: token)))
            .ledger
    }

    private static func fault(_ work: () async throws(RotationFault) -> Void) async -> RotationFault? {
        do throws(RotationFault) {
            try await work()
            return nil
        } catch {
            return error
        }
    }

    @Test("lease, record, table and release, as a run uses them")
    func whole() async throws {
        let portal = try await TestPortal()
        try await portal.testLive { url in
            let ledger = Self.ledger(url)
            #expect(ledger.label == url)
            let nothing = try await ledger.record()
            #expect(nothing == nil)
            let lease = try await ledger.lease(RotationLeaseRequest(holder: "ada", seconds: 20))
            #expect(lease.expiresAt == portal.clock.now + 20)
            try await ledger.put(KeeperClient.sample(), lease.token)
            let kept = try await ledger.record()
            #expect(kept == KeeperClient.sample())
            let table = try await ledger.table()
            #expect(table.now == portal.clock.now)
            #expect(table.rotation == KeeperClient.sample())
            let renewed = try await ledger.lease(
                RotationLeaseRequest(holder: "ada", seconds: 20, token: lease.token))
            #expect(renewed.token == lease.token)
            try await ledger.release(lease.token)
            _ = try await ledger.lease(RotationLeaseRequest(holder: "bob", seconds: 20))
        }
    }

    @Test("each refusal is the fault that a run knows what to do with")
    func faults() async throws {
        let portal = try await TestPortal()
        try await portal.testLive { url in
            let ledger = Self.ledger(url)
            let lease = try await ledger.lease(RotationLeaseRequest(holder: "ada on desk", seconds: 20))
            let held = await Self.fault { () throws(RotationFault) in
                _ = try await ledger.lease(RotationLeaseRequest(holder: "bob", seconds: 20))
            }
            guard case .held(let reason)? = held else {
                Issue.record("\(String(describing: held))")
                return
            }
            #expect(reason.contains("ada on desk"))
            #expect(!reason.contains(lease.token))
            portal.clock.advance(20)
            let late = await Self.fault { () throws(RotationFault) in
                try await ledger.put(KeeperClient.sample(), lease.token)
            }
            #expect(late == .leaseLost)
            let expired = await Self.fault { () throws(RotationFault) in
                _ = try await ledger.lease(RotationLeaseRequest(holder: "ada", seconds: 20, token: lease.token))
            }
            #expect(expired == .leaseLost)
            // Giving back what one does not hold is no fault, and ends nobody's lease.
            let guess = await Self.fault { () throws(RotationFault) in try await ledger.release("guess") }
            #expect(guess == nil)
            let stranger = await Self.fault { () throws(RotationFault) in
                _ = try await Self.ledger(url, token: "another-token-of-another-deployment").record()
            }
            guard case .refused(let why)? = stranger else {
                Issue.record("\(String(describing: stranger))")
                return
            }
            #expect(why.contains("LOCKSTEP_INTERNAL_TOKEN"))
            #expect(!why.contains("another-token"))
        }
    }

    @Test("a customer portal is no keeper, and a plain word says so")
    func customer() async throws {
        try await TestPortal(.customer).testLive { url in
            let fault = await Self.fault { () throws(RotationFault) in _ = try await Self.ledger(url).record() }
            guard case .refused(let reason)? = fault else {
                Issue.record("\(String(describing: fault))")
                return
            }
            #expect(reason.contains("platform portal"))
        }
    }

    static let strange: [(UpstreamServer.Answer, isUnavailable: Bool, says: String)] = [
        (.json("{}", status: 500), true, "500"), (.json("{}", status: 503), true, "503"),
        (.json("{}", status: 429), true, "429"), (.close, true, "does not answer"),
        (.json("<html>"), true, "none of ours"), (.json("{}"), true, "none of ours"),
        (.respond(status: 302, headers: [("Location", "http://127.0.0.1:1/")]), false, "302"),
        (
            .json(
                #"{"type":"t","title":"t","status":422,"detail":"no\u001b[2J\nway","instance":"/","code":"c","request_id":"r"}"#,
                status: 422), false, "no[2Jway"
        ),
        (.json(#"{"token":"t"}"#, status: 403), false, "refuses the internal token"),
    ]

    @Test(
        "answers of what is no keeper, or one in trouble, are told apart, and print nothing strange", arguments: strange
    )
    func strangers(_ answer: UpstreamServer.Answer, isUnavailable: Bool, says: String) async throws {
        // Redirects are not followed: the internal token goes to nobody else.
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        try await UpstreamServer.with({ _ in answer }) { server in
            let ledger = RotationHTTPLedger(
                client: client, url: server.url,
                internalToken: InternalToken(secret: SecretBytes(utf8: KeeperClient.internalToken))
            ).ledger
            let fault = await Self.fault { () throws(RotationFault) in _ = try await ledger.record() }
            switch fault {
            case .unavailable(let reason)?:
                #expect(isUnavailable)
                #expect(reason.contains(says), "\(reason)")
            case .refused(let reason)?:
                #expect(!isUnavailable)
                #expect(reason.contains(says), "\(reason)")
            default: Issue.record("\(String(describing: fault))")
            }
            #expect(server.requests.allSatisfy { $0.path == RotationHTTPLedger.recordPath })
        }
        try await client.shutdown()
    }
}

import Contracts
import Foundation
import Secrets
import TestSupport
import Testing

@testable import CLI

@Suite("lockstep rotate --compromised")
struct RotateCompromisedTests {
    @Test("without a terminal and --yes nothing is written, and the consequences are told")
    func noTerminal() async throws {
        try await RotateTrial.with { trial in
            let answer = try await trial.run(["--compromised"])
            #expect(answer.status == 64)
            for line in RotateConfirmation.consequences { #expect(answer.err.contains { $0.contains(line) }) }
            #expect(answer.text.contains("--yes"))
            #expect(answer.out.isEmpty)
            #expect(await trial.isUntouched())
            #expect(trial.keeper.paths.isEmpty)
        }
    }

    @Test(
        "anything but yes at the terminal writes nothing", arguments: ["", "no", "y", "YES", "yes ", "yes\n", "yesyes"])
    func declined(_ typed: String) async throws {
        try await RotateTrial.with { trial in
            let answer = try await trial.run(["run", "--compromised"], typed: typed)
            #expect(answer.status == 1)
            #expect(answer.text.contains("nothing was written"))
            #expect(await trial.isUntouched())
        }
    }

    @Test("confirmed, a new key signs at once and nothing else is accepted", arguments: [nil, "yes"])
    func confirmed(_ typed: String?) async throws {
        try await RotateTrial.with { trial in
            let before = try await trial.document.keys[0].id
            let arguments = ["--compromised", "--timeout", "0", "--format", "json"] + (typed == nil ? ["--yes"] : [])
            let answer = try await trial.run(arguments, typed: typed)
            // Replaced, and now it waits for all to hold it.
            #expect(answer.status == 1)
            #expect(answer.object["outcome"] as? String == "blocked")
            let after = try await trial.document.keys
            #expect(after.map(\.state) == [.current])
            #expect(after[0].id != before)
            let record = try #require(trial.keeper.record)
            #expect(record.isCompromised && record.fromKid == before.rawValue && record.toKid == after[0].id.rawValue)

            try await trial.keeper.follow(trial.store)
            trial.keeper.change { $0.now += 1 }
            let done = try await trial.run(arguments, typed: typed)
            #expect(done.status == 0)
            #expect(done.object["phase"] as? String == "finished")
            #expect(try await trial.document.keys.map(\.id) == after.map(\.id))
        }
    }

    @Test("in a ring the old key stays, revoked, so that it is told from an unknown one")
    func revoked() async throws {
        try await RotateTrial.with { trial in
            let document = try await trial.document
            let ring = RingDocument(keys: document.keys, layout: .jwks)
            trial.store.put(try ring.stored())
            _ = try await trial.run(["--compromised", "--yes", "--timeout", "0"])
            #expect(try await trial.states == ["current", "revoked"])
            #expect(try await trial.document.keys.first { $0.state == .revoked }?.id == document.keys[0].id)
        }
    }
}

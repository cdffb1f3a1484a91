import Contracts
import Secrets
import TestSupport
import Testing

@testable import CLI

@Suite("lockstep rotate: what it refuses before it writes")
struct RotateRefusalTests {
    static let steps = ["run", "begin", "promote", "finish", "rollback"]

    @Test(
        "a wrong call is exit 64, says what is right, and asks nobody",
        arguments: [
            (["begin", "--layout", "raw"], "jwks or names"), (["run", "--layout", "JWKS"], "jwks or names"),
            (["begin", "--algorithm", "none"], "HS256"), (["begin", "--algorithm", "hs256"], "HS256"),
            (["--algorithm", "RS1024"], "EdDSA"), (["begin", "--kms", "aws-kms://", "--algorithm", "ES256"], "--kms"),
            (["begin", "--kms", "aws-kms://eu-central-1/k"], "--algorithm"),
            (["begin", "--kms", "aws-kms://eu-central-1/k", "--algorithm", "HS256"], "--algorithm"),
            (["run", "--timeout", "-1"], "--timeout"), (["run", "--timeout", "soon"], "--timeout"),
            (["promote", "--margin", "-1"], "--margin"), (["promote", "--margin", "86401"], "--margin"),
            (["run", "--format", "xml"], "format"), (["promote", "--algorithm", "ES256"], "--algorithm"),
            (["begin", "--compromised"], "--compromised"), (["status", "--timeout", "1"], "--timeout"),
            (["halfway"], "halfway"),
        ] as [([String], String)])
    func usage(_ arguments: [String], _ says: String) async throws {
        try await RotateTrial.with { trial in
            let answer = try await trial.run(arguments)
            #expect(answer.status == 64)
            #expect(answer.err.joined(separator: "\n").contains(says), "\(answer.text)")
            #expect(answer.out.isEmpty)
            #expect(trial.keeper.paths.isEmpty)
            // By the trial itself.
            #expect(trial.store.reads == 1)
        }
    }

    @Test(
        "without a store there is nothing to rotate, and a variable's value is told how to become one", arguments: steps
    )
    func noStore(_ step: String) async throws {
        try await RotateTrial.with { trial in
            let answer = try await trial.run([step], variables: ["JWT_SECRET_STORE": "", "JWT_SECRET": Samples.other])
            #expect(answer.status == 64)
            #expect(answer.text.contains("JWT_SECRET_STORE"))
            #expect(answer.text.contains("lockstep secret put"))
            #expect(!answer.text.contains(Samples.other))
            #expect(await trial.isUntouched())
        }
    }

    @Test("a variable named as the store can't be rotated, and a secret given as one is not repeated")
    func variable() async throws {
        try await RotateTrial.with { trial in
            #expect(try await trial.run(["begin", "--store", "env:JWT_SECRET"]).status == 64)
            let pasted = try await trial.run(["begin", "--store", Samples.other])
            #expect(pasted.status == 64)
            #expect(!pasted.text.contains(Samples.other))
            #expect(await trial.isUntouched())
        }
    }

    @Test("a store that this build can't open or write to is exit 78")
    func readOnly() async throws {
        let trial = try Trial(["ENVIRONMENT": "production", "PORTAL_URLS": "http://127.0.0.1:1"])
        for stores in [SecretStores { _ in nil }, .of(ReadOnly())] {
            let answer = await trial.run(["rotate", "--store", RotateTrial.place], stores: stores)
            #expect(answer.status == 78)
            #expect(answer.text.contains("can't be written to"))
        }
    }

    private struct ReadOnly: SecretSource {
        let label = "a store that is only read"
        func read() async -> SourceReading { .absent(reason: "nothing") }
    }

    @Test("without a keeper nothing is written: nobody could tell who holds the new key", arguments: steps + ["status"])
    func noKeeper(_ step: String) async throws {
        try await RotateTrial.with { trial in
            let unnamed = try await trial.run([step], variables: ["PORTAL_URLS": ""])
            #expect(unnamed.status == 64)
            #expect(unnamed.text.contains("--portal"))
            let odd = try await trial.run([step, "--portal", "not an address"])
            #expect(odd.status == 64)
            // Nobody listens there.
            let gone = try await trial.run([step, "--portal", "http://127.0.0.1:1"])
            #expect(gone.status == 69)
            #expect(gone.text.contains("http://127.0.0.1:1"))
            #expect(await trial.isUntouched())
        }
    }

    @Test("a keeper that refuses the internal token is exit 69, and no token is shown", arguments: steps + ["status"])
    func wrongToken(_ step: String) async throws {
        try await RotateTrial.with { trial in
            let token = "token-of-another-deployment-0123456789"
            let answer = try await trial.run([step], variables: ["LOCKSTEP_INTERNAL_TOKEN": token])
            #expect(answer.status == 69)
            #expect(answer.text.contains("LOCKSTEP_INTERNAL_TOKEN"))
            #expect(!answer.text.contains(token))
            #expect(await trial.isUntouched())
        }
    }

    @Test("a portal that keeps no fleet, or is none, is exit 69", arguments: [404, 200, 502])
    func noPortal(_ status: Int) async throws {
        try await RotateTrial.with { trial in
            trial.keeper.change { $0.answer = .json("<html>", status: status) }
            let answer = try await trial.run(["begin"])
            #expect(answer.status == 69)
            #expect(answer.text.contains("portal") || answer.text.contains("502"))
            #expect(await trial.isUntouched())
        }
    }

    @Test("settings that can't be are exit 78")
    func settings() async throws {
        try await RotateTrial.with { trial in
            let answer = try await trial.run(["begin"], variables: ["FLEET_KEEPER_URL": "nonsense"])
            #expect(answer.status == 78)
            #expect(answer.text.contains("FLEET_KEEPER_URL"))
            #expect(try await trial.run(["begin"], variables: ["JWT_ALGORITHM": "none"]).status == 78)
        }
    }

    @Test("an empty store, a key that the fleet does not hold, and another's lease are refused with what to do")
    func situations() async throws {
        try await RotateTrial.with { trial in
            trial.keeper.change { $0.other = "bob on laptop" }
            let held = try await trial.run(["begin"])
            #expect(held.status == 1)
            #expect(held.text.contains("bob on laptop"))
            trial.keeper.change { $0.other = nil }
            #expect(await trial.isUntouched())

            trial.store.put(utf8: Samples.other)
            let foreign = try await trial.run(["begin"])
            #expect(foreign.status == 1)
            #expect(foreign.text.contains("no replica holds"))
            #expect(!foreign.text.contains(Samples.other))

            trial.store.put(nil)
            let empty = try await trial.run(["begin"])
            #expect(empty.status == 1)
            #expect(empty.text.contains("lockstep secret put"))
            #expect(trial.keeper.record == nil)
        }
    }

    @Test("a step that is not this rotation's turn is refused, with the one that is")
    func order() async throws {
        try await RotateTrial.with { trial in
            for step in ["promote", "finish"] {
                let answer = try await trial.run([step])
                #expect(answer.status == 1)
                #expect(answer.text.contains("lockstep rotate begin"))
            }
            #expect(try await trial.run(["rollback"]).status == 1)
            #expect(await trial.isUntouched())
            #expect(try await trial.run(["begin"]).status == 0)
            let early = try await trial.run(["finish"])
            #expect(early.status == 1)
            #expect(early.text.contains("lockstep rotate promote"))
        }
    }

    @Test("a rotation of another store is not interfered with")
    func otherStore() async throws {
        try await RotateTrial.with { trial in
            let other = RotationRecord(
                id: "r", store: "gcp acme jwt", phase: "begun", fromKid: "a", toKid: "b", beganAt: 1, by: "bob")
            trial.keeper.change { $0.record = other }
            let answer = try await trial.run(["begin"])
            #expect(answer.status == 1)
            #expect(answer.text.contains("gcp acme jwt"))
            #expect(trial.keeper.record == other)
            #expect(try await trial.states == ["current"])
        }
    }

    @Test("raw names take no key of another algorithm, and a fleet that reads no ring gets none")
    func layouts() async throws {
        try await RotateTrial.with { trial in
            let unfit = try await trial.run(["begin", "--algorithm", "ES256"])
            #expect(unfit.status == 1)
            #expect(unfit.text.contains("jwks"))
            #expect(try await trial.states == ["current"])
            trial.keeper.change { $0.layouts = ["names"] }
            let raw = try await trial.run(["begin", "--layout", "jwks"])
            #expect(raw.status == 1)
            #expect(raw.text.contains("gateway-1"))
            #expect(try await trial.document.layout == .names)
            #expect(try await trial.states == ["current"])
        }
    }
}

import Contracts
import Foundation
import Secrets
import TestSupport
import Testing

@testable import CLI

@Suite("lockstep rotate: step by step")
struct RotateStepTests {
    @Test("begin, promote and finish, each with its summary and the next command; no secret is shown")
    func steps() async throws {
        try await RotateTrial.with { trial in
            let begun = try await trial.run(["begin"])
            #expect(begun.status == 0)
            #expect(begun.out.count == 1)
            #expect(Trial.Answer.only(begun).contains("lockstep rotate promote"))
            #expect(try await trial.states == ["current", "next"])
            // Twice is once.
            #expect(try await trial.run(["begin"]).status == 0)
            #expect(try await trial.states == ["current", "next"])

            try await trial.keeper.follow(trial.store)
            let promoted = try await trial.run(["promote"])
            #expect(promoted.status == 0)
            #expect(Trial.Answer.only(promoted).contains("lockstep rotate finish"))
            #expect(try await trial.states == ["current", "previous"])

            try await trial.keeper.follow(trial.store)
            trial.keeper.change { $0.now += 5 }
            let early = try await trial.run(["finish"])
            #expect(early.status == 1)
            #expect(early.err.contains { $0.contains("too early") && $0.contains("75 s") })
            trial.keeper.change { $0.now += 74 }
            #expect(try await trial.run(["finish"]).status == 1)
            trial.keeper.change { $0.now += 1 }
            let finished = try await trial.run(["finish"])
            #expect(finished.status == 0)
            #expect(Trial.Answer.only(finished).contains("is gone"))
            #expect(try await trial.states == ["current"])
            let key = try #require(try await trial.document.keys.first?.secret)
            let text = key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            for answer in [begun, promoted, early, finished] {
                #expect(!answer.text.contains(trial.raw) && !answer.text.contains(text))
            }
            let record = try #require(trial.keeper.record)
            #expect(record.phase == "finished")
            #expect(record.by.hasPrefix("ada on "))
            #expect(!trial.keeper.isLeased)
        }
    }

    @Test(
        "a replica that does not hold the key blocks the promotion, and is named with what to do",
        arguments: [false, true])
    func blocked(isPinned: Bool) async throws {
        try await RotateTrial.with { trial in
            _ = try await trial.run(["begin"])
            try await trial.keeper.follow(trial.store)
            trial.keeper.change {
                $0.lagging = ["gateway-1"]
                if isPinned { $0.delivery = "pinned" }
            }
            let answer = try await trial.run(["promote"])
            #expect(answer.status == 1)
            #expect(answer.err.contains { $0.contains("gateway gateway-1") })
            #expect(answer.text.contains("redeploy") == isPinned)
            #expect(!answer.text.contains("portal-1"))
            #expect(try await trial.states == ["current", "next"])
            // Not at all is not a little.
            #expect(try await trial.run(["run", "--timeout", "0"]).status == 1)
            #expect(try await trial.states == ["current", "next"])
            let vouched = try await trial.run(["promote", "--without", "gateway-1"])
            #expect(vouched.status == 0)
            #expect(try await trial.states == ["current", "previous"])
        }
    }

    @Test("a rollback removes the new key before the promotion, and after it lets the old one sign again")
    func rollback() async throws {
        try await RotateTrial.with { trial in
            let before = try await trial.document.keys[0].id
            _ = try await trial.run(["begin"])
            let removed = try await trial.run(["rollback"])
            #expect(removed.status == 0)
            #expect(Trial.Answer.only(removed).contains("rolled back"))
            #expect(try await trial.document.keys.map(\.id) == [before])

            _ = try await trial.run(["begin"])
            try await trial.keeper.follow(trial.store)
            _ = try await trial.run(["promote"])
            try await trial.keeper.follow(trial.store)
            let exchanged = try await trial.run(["rollback"])
            #expect(exchanged.status == 1)
            #expect(try await trial.document.keys.first { $0.state == .current }?.id == before)
            try await trial.keeper.follow(trial.store)
            trial.keeper.change { $0.now += 5 }
            #expect(try await trial.run(["rollback"]).err.contains { $0.contains("too early") })
            trial.keeper.change { $0.now += 75 }
            #expect(try await trial.run(["rollback"]).status == 0)
            #expect(try await trial.document.keys.map(\.id) == [before])
        }
    }

    @Test("another algorithm and a key ring are asked for at begin", arguments: ["ES256", "EdDSA", "HS512"])
    func algorithm(_ name: String) async throws {
        try await RotateTrial.with { trial in
            let answer = try await trial.run(["begin", "--layout", "jwks", "--algorithm", name])
            #expect(answer.status == 0, "\(answer.text)")
            let document = try await trial.document
            #expect(document.layout == .jwks)
            #expect(document.keys.first { $0.state == .next }?.algorithm.rawValue == name)
        }
    }

    @Test("the store may be a file, and the keeper FLEET_KEEPER_URL or --portal")
    func places() async throws {
        try await RotateTrial.with { trial in
            let file = try Trial(
                [
                    "ENVIRONMENT": "production", "LOCKSTEP_INTERNAL_TOKEN": FakeKeeper.internalToken,
                    "FLEET_KEEPER_URL": trial.url, "PORTAL_URLS": "http://127.0.0.1:1",
                ], files: ["jwt": trial.raw])
            let answer = await file.run("rotate", "begin", "--store", "file://\(file.folder)/jwt")
            #expect(answer.status == 0, "\(answer.text)")
            #expect(file.read("jwt") == trial.raw)
            #expect(file.read("jwt_NEXT")?.isEmpty == false)
            #expect(
                await file.run(
                    "rotate", "rollback", "--store", "file://\(file.folder)/jwt", "--portal", trial.url + "/"
                ).status == 0)
            #expect(file.read("jwt_NEXT") ?? "" == "")
        }
    }

    private static let members: Set<String> = ["outcome", "phase", "from_kid", "to_kid", "blockers", "until", "reason"]

    @Test("--format json is one object at the end on stdout, whatever the outcome; the exit code is the same")
    func json() async throws {
        try await RotateTrial.with { trial in
            let refused = try await trial.run(["promote", "--format", "json"])
            #expect(refused.status == 1)
            #expect(refused.object["outcome"] as? String == "refused")
            #expect((refused.object["reason"] as? String)?.contains("lockstep rotate begin") == true)

            let begun = try await trial.run(["begin", "--format", "json"])
            #expect(begun.status == 0)
            #expect(begun.object["outcome"] as? String == "done")
            #expect(begun.object["phase"] as? String == "begun")
            #expect(begun.object["from_kid"] as? String == trial.keeper.record?.fromKid)
            #expect(begun.object["to_kid"] as? String == trial.keeper.record?.toKid)

            let blocked = try await trial.run(["promote", "--format", "json"])
            #expect(blocked.status == 1)
            #expect(blocked.object["outcome"] as? String == "blocked")
            let blockers = try #require(blocked.object["blockers"] as? [[String: Any]])
            #expect(blockers.map { $0["instance"] as? String } == ["gateway-1", "portal-1"])
            for blocker in blockers { #expect(Set(blocker.keys) == ["service", "instance", "reason", "text"]) }
            #expect(blockers[0]["reason"] as? String == "lagging")

            try await trial.keeper.follow(trial.store)
            #expect(try await trial.run(["promote", "--format", "json"]).object["phase"] as? String == "promoted")
            try await trial.keeper.follow(trial.store)
            trial.keeper.change { $0.now += 5 }
            let early = try await trial.run(["finish", "--format", "json"])
            #expect(early.status == 1)
            #expect(early.object["outcome"] as? String == "early")
            #expect(early.object["until"] as? Int64 == 1_800_000_080)
            for answer in [refused, begun, blocked, early] {
                #expect(Set(answer.object.keys).isSubset(of: Self.members))
                #expect(answer.object["blockers"] is [Any])
            }
        }
    }
}

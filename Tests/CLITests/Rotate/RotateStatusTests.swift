import Contracts
import Foundation
import Secrets
import TestSupport
import Testing

@testable import CLI

@Suite("lockstep rotate status")
struct RotateStatusTests {
    @Test("where none is under way it says so, and names each replica with its keys")
    func rest() async throws {
        try await RotateTrial.with { trial in
            let reads = trial.store.reads
            let answer = try await trial.run(["status"])
            #expect(answer.status == 0)
            #expect(trial.store.reads == reads)
            #expect(answer.out.first == "rotation  none yet")
            let kid = try await trial.document.keys[0].id.rawValue
            for instance in ["gateway gateway-1", "platform-portal portal-1"] {
                let line = try #require(answer.out.first { $0.contains(instance) })
                #expect(line.contains("live, agreed"))
                #expect(line.contains("\(kid) current, verified"))
            }
            #expect(await trial.isUntouched())
        }
    }

    @Test("a rotation is shown with its keys, its store and who took its last step; --watch ends where it is over")
    func underWay() async throws {
        try await RotateTrial.with { trial in
            _ = try await trial.run(["begin"])
            var record = try #require(trial.keeper.record)
            let answer = try await trial.run(["status"])
            #expect(answer.out[0].contains("begun: \(record.fromKid) → \(record.toKid), by ada on "))
            #expect(answer.out[1].contains("aws eu-central-1 jwt"))
            record.phase = "finished"
            record.endedAt = 1_800_000_100
            trial.keeper.change { [record] in $0.record = record }
            let over = try await trial.run(["status", "--watch"])
            #expect(over.status == 0)
            #expect(over.out[0].contains("finished"))
        }
    }

    @Test("a missing replica is marked")
    func missing() {
        let report = FleetReport(
            service: "plant", instance: "plant-9", environment: "production", source: "store", delivery: "watched",
            ringVersion: 1, ringAge: 0, keys: [], leeway: 5, agreement: "unconfirmed", build: "t", startedAt: 0)
        let lines = RotateStatus.lines(
            FleetTable(now: 1, replicas: [.init(report: report, status: "missing", receivedAt: 0)]))
        #expect(lines.last?.hasPrefix("! plant plant-9  missing, unconfirmed") == true)
    }

    @Test("--format json is the keeper's table with the rotation in it")
    func json() async throws {
        try await RotateTrial.with { trial in
            let rest = try await trial.run(["status", "--format", "json"])
            #expect(Set(rest.object.keys) == ["now", "replicas"])
            _ = try await trial.run(["begin"])
            let answer = try await trial.run(["status", "--format", "json"])
            #expect(Set(answer.object.keys) == ["now", "replicas", "rotation"])
            let rotation = try #require(answer.object["rotation"] as? [String: Any])
            #expect(rotation["phase"] as? String == "begun")
            #expect(rotation["to_kid"] as? String == trial.keeper.record?.toKid)
            let table = try JSONDecoder().decode(
                FleetTable.self, from: Data(answer.out.joined(separator: "\n").utf8))
            #expect(table.replicas.map(\.report.instance) == ["gateway-1", "portal-1"])
        }
    }
}

import Foundation
import Testing

// What the fleet table says, and what `lockstep doctor` makes of it.

extension RunningSuite {
    /// The fleet table's row of a service; nil: there is none.
    func row(_ service: String) async throws -> [String: Any]? {
        let reply = try await HTTP.get(url(.platformPortal) + "/internal/v1/fleet", token: internalToken)
        try #require(reply.status == 200, "\(reply.text)")
        let rows = reply.json["replicas"] as? [[String: Any]] ?? []
        return rows.first { ($0["report"] as? [String: Any])?["service"] as? String == service }
    }

    /// It said goodbye: nothing would forget it for minutes else.
    func isGone(_ service: String) async -> Bool {
        await poll(seconds: 20) {
            do { return try await row(service) == nil } catch { return false }
        }
    }

    /// Until its report is as it should be.
    func waitForRow(_ service: String, until condition: ([String: Any]) -> Bool) async throws -> [String: Any] {
        var last: [String: Any]?
        let found = await poll(seconds: 60) {
            last = try? await row(service)
            return (last?["report"] as? [String: Any]).map(condition) ?? false
        }
        return try #require(found ? last : nil, "\(service): \(String(describing: last))")
    }

    /// `lockstep doctor` over the whole suite, as an operator runs it.
    func doctor() throws -> Doctor {
        let addresses = [
            ("--portal", Service.platformPortal), ("--portal", .customerPortal), ("--gateway", .gateway),
            ("--plant", .plant),
        ].flatMap { [$0, url($1)] }
        let command = try ServiceCommand.run(
            "lockstep",
            ["doctor", "--format", "json", "--file", folder.path + "/docker-compose.local.yml"] + addresses,
            environment: variables(of: .customerPortal), withErrors: false)
        let report = try JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any] ?? [:]
        return Doctor(
            exitCode: command.exitCode, verdict: report["verdict"] as? String ?? "",
            findings: (report["findings"] as? [[String: String]] ?? []).map {
                .init(
                    severity: $0["severity"] ?? "", code: $0["code"] ?? "", subject: $0["subject"] ?? "",
                    cause: $0["cause"] ?? "")
            }, output: command.output)
    }

    struct Doctor {
        struct Finding {
            var severity: String
            var code: String
            var subject: String
            var cause: String
        }
        var exitCode: Int32
        var verdict: String
        var findings: [Finding]
        var output: String
    }
}

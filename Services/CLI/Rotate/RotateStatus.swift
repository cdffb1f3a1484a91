import ArgumentParser
import Contracts
import Fleet
import Secrets

struct RotateStatus: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how the rotation stands, and which replica holds which keys.",
        discussion: """
            Reads the fleet keeper alone. --format json prints the keeper's fleet table with the rotation in it \
            (`now`, `replicas`, `rotation`).
            """)

    @OptionGroup var places: RotatePlaces

    @Flag(help: "Again every two seconds, where something changed, until the rotation is over.")
    var watch = false

    func run(in context: CommandContext) async throws(CommandFailure) {
        let desk = try RotateDesk(places, in: context)
        try await desk.withKeeper { ledger throws(CommandFailure) in
            var shown: [String] = []
            while true {
                var table: FleetTable
                do throws(RotationFault) {
                    table = try await ledger.table()
                    table.rotation = try await ledger.record()
                } catch {
                    throw CommandFailure(error)
                }
                let lines = places.format == .json ? [try JSONText.of(table)] : Self.lines(table)
                if lines != shown { for line in lines { context.console.out(line) } }
                shown = lines
                guard watch, let rotation = table.rotation, rotation.endedAt == nil else { return }
                guard (try? await Task.sleep(for: .seconds(2))) != nil else { return }
            }
        }
    }

    static func lines(_ table: FleetTable) -> [String] {
        var lines: [String] = []
        if let rotation = table.rotation {
            lines.append("rotation  \(rotation.phase): \(rotation.fromKid) → \(rotation.toKid), by \(rotation.by)")
            lines.append("store     \(rotation.store)")
        } else {
            lines.append("rotation  none yet")
        }
        for row in table.replicas {
            let report = row.report
            let keys = report.keys.map { key in
                "\(key.kid) \(key.state)\(key.verified ? ", verified" : "")"
            }.joined(separator: "; ")
            lines.append(
                "\(row.status == "live" ? " " : "!") \(report.service) \(report.instance)  \(row.status), \(report.agreement)  \(keys)"
            )
        }
        return lines
    }
}

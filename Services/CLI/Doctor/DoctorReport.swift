import Contracts
import HTTPKit
import Secrets

/// What `lockstep doctor` answers; `--format json` prints it.
struct DoctorReport: Encodable {
    struct Service: Encodable {
        var role: String
        var url: String
        var service: String?
        var instance: String?
        var environment: String?
        var source: String?
        var ringVersion: UInt64?
        /// kid to state.
        var keys: [String: String]
        var ready: Bool?
        var agreement: String?
        /// Seconds ahead of this machine.
        var clockOffset: Int64?
        var milliseconds: Int64
    }
    struct Hop: Encodable {
        var name: String
        var url: String
        var status: Int?
        var code: String?
        var milliseconds: Int64
    }
    struct Replica: Encodable {
        var service: String
        var instance: String
        var status: String
        var agreement: String
        var environment: String
        var source: String
        var ringVersion: UInt64
        var clockOffsetMilliseconds: Int64?
        var keys: [String: String]
    }

    /// `well`, `wrong`, `unknown`
    var verdict: String
    var findings: [DoctorFinding]
    var services: [Service]
    var token: [Hop]
    var fleet: [Replica]

    init(_ observation: DoctorObservation) {
        findings = observation.findings
        verdict =
            findings.contains { $0.severity == .problem }
            ? "wrong" : findings.contains { $0.severity == .unknown } ? "unknown" : "well"
        services = observation.services.map { service in
            let report = service.report
            return Service(
                role: service.role, url: service.url, service: report?.service, instance: report?.instance,
                environment: report?.secrets.environment, source: report?.secrets.winner,
                ringVersion: report?.secrets.ringVersion,
                keys: Dictionary(
                    report?.secrets.keys.map { ($0.kid, $0.state) } ?? [], uniquingKeysWith: { first, _ in first }),
                ready: service.isReady,
                agreement: report.map { report in
                    let statuses = Set(report.issuers.map(\.status))
                    return ["disagreed", "unreachable", "pending"].first(where: statuses.contains)
                        ?? (statuses.isEmpty ? "none asked" : "agreed")
                }, clockOffset: service.clockOffset, milliseconds: service.milliseconds)
        }
        token = observation.hops.map {
            Hop(name: $0.name, url: $0.url, status: $0.status, code: $0.code, milliseconds: $0.milliseconds)
        }
        fleet =
            observation.fleet?.replicas.map { row in
                Replica(
                    service: row.report.service, instance: row.report.instance, status: row.status,
                    agreement: row.report.agreement, environment: row.report.environment, source: row.report.source,
                    ringVersion: row.report.ringVersion, clockOffsetMilliseconds: row.report.clockOffset,
                    keys: Dictionary(
                        row.report.keys.map { ($0.kid, $0.state) }, uniquingKeysWith: { first, _ in first }))
            } ?? []
    }

    /// Findings first, then the table.
    func lines(colours: Bool) -> [String] {
        func paint(_ text: String, _ code: String) -> String { colours ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        var lines: [String] = []
        for finding in findings {
            let mark =
                switch finding.severity {
                case .problem: paint("WRONG  ", "31;1")
                case .unknown: paint("UNKNOWN", "35;1")
                case .warning: paint("warning", "33")
                }
            lines.append("\(mark)  \(finding.subject): \(finding.cause)")
            lines.append("         next: \(finding.next)")
        }
        switch verdict {
        case "well": lines.append(paint("well     every service agrees", "32;1"))
        case "wrong": lines.append("")
        default: lines.append("")
        }
        lines += Table.lines(
            ["service", "environment", "ready", "keys", "agreement", "clock", "ms", "source"],
            services.map { service in
                [
                    service.service ?? "\(service.role) \(service.url)", service.environment ?? "?",
                    service.ready.map { $0 ? "yes" : "no" } ?? "?", Self.keys(service.keys), service.agreement ?? "?",
                    service.clockOffset.map { "\($0 >= 0 ? "+" : "")\($0) s" } ?? "?", "\(service.milliseconds)",
                    service.source ?? "?",
                ]
            })
        for hop in token {
            lines.append(
                "token \(hop.name): \(hop.status.map(String.init) ?? "no answer")\(hop.code.map { " \($0)" } ?? ""), \(hop.milliseconds) ms"
            )
        }
        if !fleet.isEmpty {
            lines.append("fleet: \(fleet.filter { $0.status == "live" }.count) of \(fleet.count) replicas live")
            lines += Table.lines(
                ["replica", "status", "agreement", "keys", "clock ms", "source"],
                fleet.map { replica in
                    [
                        "\(replica.service) \(replica.instance)", replica.status, replica.agreement,
                        Self.keys(replica.keys), replica.clockOffsetMilliseconds.map { "\(-$0)" } ?? "?",
                        replica.source,
                    ]
                })
        }
        return lines
    }

    private static func keys(_ keys: [String: String]) -> String {
        keys.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}

/// Columns as wide as their widest cell; the last one is not padded.
enum Table {
    static func lines(_ head: [String], _ rows: [[String]]) -> [String] {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.indices.map { column in
                column == row.count - 1
                    ? row[column]
                    : row[column] + String(repeating: " ", count: widths[column] - row[column].count)
            }.joined(separator: "  ")
        }
    }
}

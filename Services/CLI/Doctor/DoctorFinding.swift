import Contracts
import HTTPKit
import Secrets

/// Something that is wrong, or that could not be found out, with its cause and the next command.
struct DoctorFinding: Sendable, Equatable, Encodable {
    enum Severity: String, Sendable, Encodable, Comparable {
        case problem, unknown, warning

        static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
        private var rank: Int {
            switch self {
            case .problem: 0
            case .unknown: 1
            case .warning: 2
            }
        }
    }

    var severity: Severity
    /// Stable: `unreachable`, `internal_token`, `environment`, `key_disagreement`, `no_current_key`, `not_ready`,
    /// `unconfirmed`, `clock`, `missing_replica`, `lagging_replica`, `reload_rejected`, `store_unreachable`,
    /// `token_refused`, `no_fleet`, `builds_differ`.
    var code: String
    /// Whom it is about.
    var subject: String
    var cause: String
    var next: String
}

extension DoctorObservation {
    /// Problems first.
    var findings: [DoctorFinding] {
        let found =
            services.flatMap(serviceFindings) + agreementFindings + fleetFindings + hopFindings + buildFindings
        return found.enumerated().sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
            .map(\.element)
    }

    private func name(_ service: Service) -> String {
        service.report.map { "\($0.service) \($0.instance)" } ?? "\(service.role) at \(service.url)"
    }

    private func serviceFindings(_ service: Service) -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        func add(_ severity: DoctorFinding.Severity, _ code: String, _ cause: String, _ next: String) {
            findings.append(
                DoctorFinding(severity: severity, code: code, subject: name(service), cause: cause, next: next))
        }
        switch service.keys {
        case .unreachable(let reason):
            add(.unknown, "unreachable", reason, "see that it runs and that \(service.url) is its address")
        case .refused:
            add(
                .unknown, "internal_token", "it refuses our internal token",
                "give LOCKSTEP_INTERNAL_TOKEN the same value here and there")
        case .report(let report):
            let current = report.secrets.keys.first { $0.state == "current" }
            if service.role == "portal", current == nil {
                add(.problem, "no_current_key", "it holds no key to sign with", "lockstep secret diagnose, there")
            }
            for source in report.secrets.sources where source.lastFailure != nil {
                add(
                    .warning, "store_unreachable",
                    "\(source.name) can't be asked (\(source.lastFailure ?? "")); what is held is \(source.age ?? 0) s old",
                    "mend the store or the access to it; the ring stays meanwhile")
            }
        }
        for check in service.checks where check.status == "not_ready" {
            add(
                .problem, "not_ready", "not ready: \(check.code ?? check.name): \(check.detail ?? "")",
                check.name == "keys" ? "lockstep secret diagnose, with each one's variables" : "look at its log")
        }
        for check in service.checks where check.status == "warning" {
            add(
                .warning, check.code == "reload_rejected" ? "reload_rejected" : "unconfirmed",
                "\(check.code ?? check.name): \(check.detail ?? "")", "look at its log")
        }
        if service.isReady == false, !service.checks.contains(where: { $0.status == "not_ready" }) {
            add(.problem, "not_ready", "it answers that it is not ready", "look at its log")
        }
        if let offset = service.clockOffset { findings += clockFinding(name(service), abs(offset), offset) }
        return findings
    }

    private func clockFinding(_ subject: String, _ size: Int64, _ offset: Int64) -> [DoctorFinding] {
        // A header counts whole seconds, and an answer takes its time.
        guard size > max(2, leeway / 2) else { return [] }
        let side = offset > 0 ? "ahead of" : "behind"
        return [
            DoctorFinding(
                severity: size > leeway ? .problem : .warning, code: "clock", subject: subject,
                cause:
                    "its clock is \(size) s \(side) ours; the leeway is \(leeway) s (JWT_LEEWAY_SECONDS)"
                    + (size > leeway ? ": tokens are refused as expired or not yet valid" : ""),
                next: "mend the time service of that machine (chronyc tracking, timedatectl)")
        ]
    }

    /// Environments and current keys of everybody who told them, against the first portal's.
    private var agreementFindings: [DoctorFinding] {
        let reports = services.compactMap { service in service.report.map { (service, $0) } }
        guard let (_, issuer) = reports.first(where: { $0.0.role == "portal" }),
            let signing = issuer.secrets.keys.first(where: { $0.state == "current" })
        else { return [] }
        var findings: [DoctorFinding] = []
        for (service, report) in reports {
            if report.secrets.environment != issuer.secrets.environment {
                findings.append(
                    DoctorFinding(
                        severity: .problem, code: "environment", subject: name(service),
                        cause:
                            "it runs in \(report.secrets.environment) (\(report.secrets.environmentDetectedFrom)), "
                            + "\(issuer.service) in \(issuer.secrets.environment)",
                        next: "give both the same ENVIRONMENT, then redeploy \(report.service)"))
            }
            let holds = report.secrets.keys.contains {
                ([$0.kid] + $0.aliases).contains(signing.kid) && $0.state != "revoked"
            }
            if !holds {
                let held = report.secrets.keys.map { "\($0.kid) (\($0.state))" }.joined(separator: ", ")
                findings.append(
                    DoctorFinding(
                        severity: .problem, code: "key_disagreement", subject: name(service),
                        cause:
                            "\(issuer.service) signs with \(signing.kid) from \(issuer.secrets.winner ?? "?"); it holds "
                            + "\(held.isEmpty ? "no key" : held) from \(report.secrets.winner ?? "nothing")",
                        next:
                            "give it the same secret: lockstep secret diagnose for both, then redeploy \(report.service)"
                    ))
            }
            for issuer in report.issuers where issuer.status == "disagreed" && holds {
                findings.append(
                    DoctorFinding(
                        severity: .problem, code: "key_disagreement", subject: name(service),
                        cause: "with \(issuer.issuer ?? issuer.url): \(issuer.detail)",
                        next: "lockstep secret diagnose for both"))
            }
        }
        return findings
    }

    private var fleetFindings: [DoctorFinding] {
        guard let fleet else {
            return [
                DoctorFinding(
                    severity: .unknown, code: "no_fleet", subject: "fleet",
                    cause: "no portal answered with a fleet table",
                    next: "name the platform portal first: --portal URL, or PORTAL_URLS")
            ]
        }
        var findings: [DoctorFinding] = []
        for row in fleet.replicas {
            let report = row.report
            let subject = "\(report.service) \(report.instance)"
            if row.status != "live" {
                findings.append(
                    DoctorFinding(
                        severity: .warning, code: "missing_replica", subject: subject,
                        cause: "it was heard of \(max(0, fleet.now - row.receivedAt)) s ago for the last time",
                        next: "see whether it still serves; a rotation waits for it until it is forgotten"))
                continue
            }
            if report.agreement == "disagreed" {
                findings.append(
                    DoctorFinding(
                        severity: .problem, code: "key_disagreement", subject: subject,
                        cause: report.detail ?? "its keys differ from an issuer's",
                        next: "lockstep secret diagnose, there"))
            }
            if !report.lagging.isEmpty {
                findings.append(
                    DoctorFinding(
                        severity: .warning, code: "lagging_replica", subject: subject,
                        cause:
                            "it does not hold \(report.lagging.joined(separator: ", ")) yet (\(report.delivery): \(report.source))",
                        next: report.delivery == "pinned"
                            ? "redeploy \(report.service) with the new ring" : "lockstep rotate status --watch"))
            }
            if let offset = report.clockOffset {
                // The keeper's clock ahead of the replica's is the replica's behind.
                findings += clockFinding(subject, abs(offset) / 1000, -offset / 1000)
            }
        }
        return findings
    }

    private var hopFindings: [DoctorFinding] {
        guard let failed = hops.first(where: { !$0.isGood }) else { return [] }
        guard let status = failed.status else {
            return [
                DoctorFinding(
                    severity: .unknown, code: "unreachable", subject: "token, \(failed.name)",
                    cause: "\(failed.url) did not answer", next: "see that it runs")
            ]
        }
        let answer = [failed.code, failed.detail].compactMap(\.self).joined(separator: ": ")
        let isElsewhereGood = hops.contains { $0.isGood && $0.name == "straight to the plant" }
        return [
            DoctorFinding(
                severity: .problem, code: "token_refused", subject: "token, \(failed.name)",
                cause: "\(failed.url) answers \(status) \(answer)"
                    + (isElsewhereGood ? "; the plant itself takes the token, so it is the gateway" : ""),
                next: "lockstep explain, with a refused token, where that service's variables are")
        ]
    }

    private var buildFindings: [DoctorFinding] {
        let builds = Set(services.compactMap { $0.report?.version } + (fleet?.replicas.map(\.report.build) ?? []))
        guard builds.count > 1 else { return [] }
        return [
            DoctorFinding(
                severity: .warning, code: "builds_differ", subject: "builds",
                cause: "several run at once: \(builds.sorted().joined(separator: ", "))",
                next: "finish the deployment, or know why")
        ]
    }
}

import Secrets
import ServiceKit

/// Decides what key agreement means for this service's readiness and log (DESIGN §7). Pure: the monitor's shell feeds it
/// events and performs its actions.
///
/// The rule: whoever started or changed last is the one held back. A service that has just started, or has just replaced
/// its ring, must agree before it serves; one that serves keeps serving while another's key drifts, and alarms.
struct AgreementState {
    struct Configuration: Sendable {
        var urls: [String]
        /// Seconds after a start or a change of ring in which an issuer that can't be reached is waited for.
        var grace: Int64
        /// An issuer that has nobody to agree with is complete; a verifier without issuers has something to say.
        var needsIssuers: Bool
        /// Seconds between reminders of a disagreement that lasts.
        var reminderInterval: Int64 = 300
    }

    enum Event: Equatable {
        case started
        /// The own ring was replaced.
        case ringChanged
        case observed(url: String, ProbeObservation)
        /// Time has passed.
        case tick
    }

    enum Notice: Equatable {
        case agreed(url: String)
        case disagreed(url: String, reason: String, reminder: Bool)
        case unreachable(url: String, reason: String)
        /// The grace is over.
        case unconfirmed(urls: [String])
        case unconfigured
    }

    enum Action: Equatable {
        case setReadiness(Readiness.Status)
        case log(Notice)
        /// An issuer's agreement has just turned into disagreement.
        case countDrift(url: String)
    }

    /// One issuer, as far as the present ring has been tried against it.
    struct Issuer: Equatable {
        enum Proof: Equatable { case none, agreed, disagreed(String) }
        let url: String
        /// Outlives an issuer that goes away for a while.
        var proof = Proof.none
        /// Of the answer that disagreed.
        var comparison: String?
        var last: ProbeObservation?
        var checkedAt: Int64?
        var lastReminder: Int64 = 0
    }

    private enum Phase: Equatable {
        /// Started, or replaced its ring, at this time, and has yet to agree.
        case proving(since: Int64)
        case serving
    }

    let configuration: Configuration
    private(set) var issuers: [Issuer]
    private var phase = Phase.serving
    private var readiness: Readiness.Status?
    private var hasWarnedUnconfirmed = false

    init(_ configuration: Configuration) {
        self.configuration = configuration
        issuers = configuration.urls.map { Issuer(url: $0) }
    }

    /// Whether the service has yet to agree since its start or its last change: checks then come quickly.
    var isProving: Bool { phase != .serving }

    /// - Parameter now: seconds since the epoch.
    mutating func on(_ event: Event, now: Int64) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .started:
            phase = .proving(since: now)
            if issuers.isEmpty && configuration.needsIssuers { actions.append(.log(.unconfigured)) }
        case .ringChanged:
            phase = .proving(since: now)
            hasWarnedUnconfirmed = false
            for index in issuers.indices { issuers[index].proof = .none }
        case .observed(let url, let observation):
            guard let index = issuers.firstIndex(where: { $0.url == url }) else { return [] }
            actions += record(observation, at: index, now: now)
        case .tick: break
        }
        actions += decide(now: now)
        return actions
    }

    private mutating func record(_ observation: ProbeObservation, at index: Int, now: Int64) -> [Action] {
        let before = issuers[index]
        issuers[index].last = observation
        issuers[index].checkedAt = now
        let url = before.url
        switch observation.outcome {
        case .agreed:
            issuers[index].proof = .agreed
            let wasReachable = before.last.map { !$0.isUnreachable } ?? false
            return before.proof == .agreed && wasReachable ? [] : [.log(.agreed(url: url))]
        case .disagreed(let reason):
            issuers[index].proof = .disagreed(reason)
            issuers[index].comparison = observation.comparison
            if before.proof == .disagreed(reason) && before.last?.theirKid == observation.theirKid {
                guard now - before.lastReminder >= configuration.reminderInterval else { return [] }
                issuers[index].lastReminder = now
                return [.log(.disagreed(url: url, reason: reason, reminder: true))]
            }
            issuers[index].lastReminder = now
            let log = Action.log(.disagreed(url: url, reason: reason, reminder: false))
            if case .disagreed = before.proof { return [log] }
            return [.countDrift(url: url), log]
        case .unreachable(let reason):
            return before.last?.outcome == observation.outcome ? [] : [.log(.unreachable(url: url, reason: reason))]
        }
    }

    private mutating func decide(now: Int64) -> [Action] {
        var actions: [Action] = []
        let disagreeing = issuers.filter { if case .disagreed = $0.proof { true } else { false } }
        let unproven = issuers.filter { $0.proof == .none }.map(\.url)
        let status: Readiness.Status
        if let first = disagreeing.first, case .disagreed(let reason) = first.proof {
            let detail = "\(first.url): \(reason)" + (first.comparison.map { "; \($0)" } ?? "")
            status =
                isProving
                ? .notReady(code: "key_disagreement", detail: detail)
                : .warning(code: "key_disagreement", detail: detail)
        } else if unproven.isEmpty {
            phase = .serving
            status = settled
        } else if case .proving(let since) = phase, now - since < configuration.grace {
            // After a change of ring a service that was ready stays so until an issuer has spoken against it.
            switch readiness {
            case .ready, .warning: return []
            case .notReady, nil:
                status = .notReady(
                    code: "agreement_pending", detail: "no answer yet from \(unproven.joined(separator: ", "))")
            }
        } else {
            phase = .serving
            status = .warning(
                code: "agreement_unconfirmed", detail: "can't be confirmed with \(unproven.joined(separator: ", "))")
            if !hasWarnedUnconfirmed {
                hasWarnedUnconfirmed = true
                actions.append(.log(.unconfirmed(urls: unproven)))
            }
        }
        if status != readiness {
            readiness = status
            actions.append(.setReadiness(status))
        }
        return actions
    }

    /// Nobody speaks against the ring, and everybody who was asked has agreed with it once.
    private var settled: Readiness.Status {
        if issuers.isEmpty {
            return configuration.needsIssuers
                ? .warning(code: "agreement_unconfigured", detail: "PORTAL_URLS is not set: no issuer to agree with")
                : .ready
        }
        let away = issuers.filter { $0.last?.isUnreachable ?? true }.map(\.url)
        return away.isEmpty
            ? .ready
            : .warning(
                code: "agreement_unconfirmed",
                detail: "agreed with the present ring, and can't be reached now: \(away.joined(separator: ", "))")
    }
}

extension ProbeObservation {
    var isUnreachable: Bool {
        if case .unreachable = outcome { true } else { false }
    }
}

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
        /// Seconds for which one replica's word counts beside those of the others that answer at the same address.
        var voiceLife: Int64 = 60
    }

    enum Event: Equatable {
        case started
        /// The own ring was replaced.
        case ringChanged
        /// A probe signed by the issuer's current key.
        case observed(url: String, ProbeObservation)
        /// Probes signed by the other keys that the issuer announces, by kid.
        case observedOthers(url: String, [String: ProbeObservation])
        /// A key of our ring, proven otherwise.
        case proven(kid: String)
        /// Time has passed.
        case tick
    }

    enum Notice: Equatable {
        case agreed(url: String)
        case disagreed(url: String, reason: String, reminder: Bool)
        /// An issuer has a key that we don't hold yet.
        case lagging(url: String, kid: String, reason: String)
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

    enum Phase: Equatable {
        /// Started, or replaced its ring, at this time, and has yet to agree.
        case proving(since: Int64)
        case serving
    }

    let configuration: Configuration
    private(set) var issuers: [Issuer]
    /// The keys of the present ring, by their own names, that have verified a probe.
    private(set) var verified: Set<String> = []
    private(set) var readiness: Readiness.Status?
    private var phase = Phase.serving
    private var hasWarnedUnconfirmed = false
    private var toldLagging: Set<String> = []

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
            verified = []
            toldLagging = []
            for index in issuers.indices { issuers[index].forgetProofs() }
        case .observed(let url, let observation):
            guard let index = issuers.firstIndex(where: { $0.url == url }) else { return [] }
            actions += record(observation, at: index, now: now)
        case .observedOthers(let url, let observations):
            guard let index = issuers.firstIndex(where: { $0.url == url }) else { return [] }
            actions += recordOthers(observations, at: index)
        case .proven(let kid): verified.insert(kid)
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
            if let kid = observation.provenKid { verified.insert(kid) }
            issuers[index].hear(observation, now: now, life: configuration.voiceLife, lastReminder: 0)
            let wasReachable = before.last.map { !$0.isUnreachable } ?? false
            guard issuers[index].proof == .agreed else { return [] }
            return before.proof == .agreed && wasReachable ? [] : [.log(.agreed(url: url))]
        case .disagreed(let reason):
            if let known = before.voice(of: observation.instance), known.reason == reason,
                known.theirKid == observation.theirKid
            {
                let isDue = now - known.lastReminder >= configuration.reminderInterval
                issuers[index].hear(
                    observation, now: now, life: configuration.voiceLife, lastReminder: isDue ? now : known.lastReminder
                )
                return isDue ? [.log(.disagreed(url: url, reason: reason, reminder: true))] : []
            }
            issuers[index].hear(observation, now: now, life: configuration.voiceLife, lastReminder: now)
            let log = Action.log(.disagreed(url: url, reason: reason, reminder: false))
            return before.proof.reason == nil ? [.countDrift(url: url), log] : [log]
        case .unreachable(let reason):
            return before.last?.outcome == observation.outcome ? [] : [.log(.unreachable(url: url, reason: reason))]
        }
    }

    /// What is not held yet is no drift: it signs nothing. It is told once and reported, and a rotation waits for it.
    private mutating func recordOthers(_ observations: [String: ProbeObservation], at index: Int) -> [Action] {
        var actions: [Action] = []
        issuers[index].lagging = []
        for (kid, observation) in observations.sorted(by: { $0.key < $1.key }) {
            switch observation.outcome {
            case .agreed: if let own = observation.provenKid { verified.insert(own) }
            case .unreachable: break
            case .disagreed(let reason):
                issuers[index].lagging.append(kid)
                guard toldLagging.insert(kid).inserted else { continue }
                actions.append(.log(.lagging(url: issuers[index].url, kid: kid, reason: reason)))
            }
        }
        return actions
    }

    private mutating func decide(now: Int64) -> [Action] {
        var actions: [Action] = []
        let unproven = issuers.filter { $0.proof == .none }.map(\.url)
        let status: Readiness.Status
        if let first = issuers.first(where: \.disagrees) {
            status =
                isProving
                ? .notReady(code: "key_disagreement", detail: first.disagreement)
                : .warning(code: "key_disagreement", detail: first.disagreement)
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

    /// Every issuer has agreed with the ring once, by one of its replicas at least.
    private var settled: Readiness.Status {
        if issuers.isEmpty {
            return configuration.needsIssuers
                ? .warning(code: "agreement_unconfigured", detail: "PORTAL_URLS is not set: no issuer to agree with")
                : .ready
        }
        // A replica of an issuer signs with a key that is not held here, and another with one that is: it is that issuer
        // that does not agree with itself, and holding this service back would mend nothing.
        if let mixed = issuers.first(where: { $0.proof.reason != nil }) {
            return .warning(code: "key_disagreement", detail: mixed.disagreement)
        }
        let away = issuers.filter { $0.last?.isUnreachable ?? true }.map(\.url)
        return away.isEmpty
            ? .ready
            : .warning(
                code: "agreement_unconfirmed",
                detail: "agreed with the present ring, and can't be reached now: \(away.joined(separator: ", "))")
    }
}

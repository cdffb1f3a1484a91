import Secrets

extension AgreementState {
    /// One issuer, as far as the present ring has been tried against it.
    struct Issuer: Equatable {
        enum Proof: Equatable {
            case none, agreed
            /// No replica of the issuer that was heard signs with a key that is held here.
            case disagreed(String)
            /// Some do and some don't: the issuer's replicas hold different rings.
            case mixed(String)

            /// What is wrong, in words.
            var reason: String? {
                switch self {
                case .none, .agreed: nil
                case .disagreed(let reason), .mixed(let reason): reason
                }
            }
        }

        let url: String
        var last: ProbeObservation?
        var checkedAt: Int64?
        /// Kids that the issuer signs probes with and that are not held here.
        var lagging: [String] = []
        /// They outlive an issuer that goes away for a while.
        private(set) var voices: [Voice] = []

        init(url: String) { self.url = url }
    }

    /// What one replica of an issuer last said. Several may answer at one address, in turn and with different rings in
    /// the middle of a rotation: were the last answer all that counts, agreement would flap with each of them.
    struct Voice: Equatable {
        let instance: String
        /// Nil: it agrees.
        let reason: String?
        let theirKid: String?
        let comparison: String?
        let heardAt: Int64
        let lastReminder: Int64
    }
}

extension AgreementState.Issuer {
    /// Of replicas that answer at one address; the oldest word goes first.
    private static let maximumVoices = 32

    var proof: Proof {
        guard !voices.isEmpty else { return .none }
        guard let reason = voices.lazy.compactMap(\.reason).first else { return .agreed }
        return voices.contains { $0.reason == nil } ? .mixed(reason) : .disagreed(reason)
    }

    var disagrees: Bool { if case .disagreed = proof { true } else { false } }

    /// Who, why, and both sides' keys and sources.
    var disagreement: String {
        guard let voice = voices.first(where: { $0.reason != nil }) else { return url }
        return "\(url): \(voice.reason ?? "")" + (voice.comparison.map { "; \($0)" } ?? "")
    }

    func voice(of instance: String) -> AgreementState.Voice? { voices.first { $0.instance == instance } }

    mutating func forgetProofs() {
        voices = []
        lagging = []
    }

    /// A replica's word replaces its last one. Those not heard for `life` no longer count, and neither do those that were
    /// last heard before this one began: it has taken their place.
    mutating func hear(_ observation: ProbeObservation, now: Int64, life: Int64, lastReminder: Int64) {
        var reason: String?
        if case .disagreed(let words) = observation.outcome { reason = words }
        voices.removeAll { voice in
            voice.instance == observation.instance || now - voice.heardAt > life
                || observation.startedAt.map { voice.heardAt <= $0 } ?? false
        }
        if voices.count >= Self.maximumVoices { voices.removeFirst() }
        voices.append(
            AgreementState.Voice(
                instance: observation.instance, reason: reason, theirKid: observation.theirKid,
                comparison: observation.comparison, heardAt: now, lastReminder: lastReminder))
    }
}

extension ProbeObservation {
    var isUnreachable: Bool {
        if case .unreachable = outcome { true } else { false }
    }
}

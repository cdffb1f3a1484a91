import Contracts
import Secrets

/// The whole fleet at a glance, as it is judged from this portal.
struct FleetPicture: Sendable, Equatable {
    enum Verdict: Sendable, Equatable {
        case allAgree
        /// Of so many.
        case attention(bad: Int, total: Int)
        /// This portal signs with a key that nobody else holds, while the others agree among themselves: it is this
        /// portal that is wrong, whatever each row says.
        case alone(kid: String, source: String, others: String, count: Int)
    }

    /// This portal first.
    var standings: [KeyStanding]
    /// The rotation under way, or the last one.
    var rotation: RotationRecord?
    var refused: [RefusedTokens] = []

    var verdict: Verdict {
        let bad = standings.count { !$0.isGood }
        guard bad > 0 else { return .allAgree }
        if let alone { return alone }
        return .attention(bad: bad, total: standings.count)
    }

    private var alone: Verdict? {
        guard let own = standings.first, case .signs(let kid) = own.finding else { return nil }
        let others = standings.dropFirst().filter { !$0.keys.isEmpty }
        let signing = Set(others.map { $0.keys.first { $0.state == KeyState.current.rawValue }?.kid })
        guard others.count > 1, signing.count == 1, let theirs = signing.first ?? nil, theirs != kid,
            others.allSatisfy({ if case .lacksKey = $0.finding { true } else { false } })
        else { return nil }
        return .alone(kid: kid, source: own.source, others: theirs, count: others.count)
    }
}

/// What becomes of one refresh token when it is presented: rotated on each use, and a spent one is evidence of theft.
///
/// A client that sent a refresh and lost the answer (a dead radio, a killed tab, two tabs at once) must be able to
/// ask again, or honest people get logged out. So the same successor is answered again, but only within
/// `graceSeconds` and only while nobody has used that successor. Whatever happens, one token has one successor.
///
/// Pure: the store holds the state in its rows and performs the action in the same transaction.
struct RefreshRotation: Equatable, Sendable {
    /// How long a spent token is answered with its successor again, in seconds.
    static let graceSeconds: Int64 = 10

    enum State: Equatable, Sendable {
        case unused
        case spent(at: Int64, successorUsed: Bool)
        case ended
    }

    enum Event: Equatable, Sendable {
        /// A client sent this token.
        case presented
        /// A client sent this token's successor, and it was rotated in its turn.
        case successorRotated
        /// Logout, logout everywhere, too many sessions, a disabled account.
        case sessionEnded
    }

    enum Action: Equatable, Sendable {
        case none
        /// Mark this token spent, hand out a new one.
        case rotate
        /// Hand out the successor that is already there.
        case repeatSuccessor
        /// End the session, with every token in it: a spent token came back.
        case endSession
        case refuse(Refused)
    }

    enum Refused: Equatable, Sendable {
        case expired
        case sessionEnded
    }

    private(set) var state: State
    /// Seconds since the epoch; the token is refused from then on.
    let expiresAt: Int64

    init(state: State = .unused, expiresAt: Int64) {
        self.state = state
        self.expiresAt = expiresAt
    }

    mutating func on(_ event: Event, now: Int64) -> Action {
        switch (event, state) {
        case (.presented, .ended):
            return .refuse(.sessionEnded)
        case (.presented, .unused):
            guard now < expiresAt else { return .refuse(.expired) }
            state = .spent(at: now, successorUsed: false)
            return .rotate
        case (.presented, .spent(let spentAt, let successorUsed)):
            // The distance, not the difference: a clock that was set back must not stretch the grace.
            if !successorUsed && now.distance(to: spentAt).magnitude <= UInt(Self.graceSeconds) {
                return .repeatSuccessor
            }
            // Expiry does not excuse it: whoever still holds a spent token is not the one we gave the successor to.
            state = .ended
            return .endSession
        case (.successorRotated, .spent(let spentAt, _)):
            state = .spent(at: spentAt, successorUsed: true)
            return .none
        case (.successorRotated, .unused), (.successorRotated, .ended):
            // Unreachable by construction (a successor exists only once its token is spent); nothing to do if not.
            return .none
        case (.sessionEnded, _):
            state = .ended
            return .none
        }
    }
}

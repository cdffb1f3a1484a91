/// What the answers to a health check say of one server, as a pure state machine.
package struct TargetHealth: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        /// Not asked yet: in service, until the first answer decides.
        case unknown
        case healthy
        /// With why, for people.
        case unhealthy(String)
    }

    package enum Outcome: Sendable, Equatable {
        case passed
        case failed(String)
    }

    private let healthyAfter: Int
    private let unhealthyAfter: Int
    package private(set) var state = State.unknown
    /// Answers in a row against the present state.
    package private(set) var contrary = 0

    package init(healthyAfter: Int, unhealthyAfter: Int) {
        self.healthyAfter = healthyAfter
        self.unhealthyAfter = unhealthyAfter
    }

    package var isInService: Bool { if case .unhealthy = state { false } else { true } }

    /// - Returns: whether it is in service now and was not before, or the other way round; or is for the first time known
    ///   to be.
    package mutating func on(_ outcome: Outcome) -> Bool {
        switch (state, outcome) {
        case (.unknown, .passed): return enter(.healthy)
        case (.unknown, .failed(let reason)): return enter(.unhealthy(reason))
        case (.healthy, .passed), (.unhealthy, .failed):
            contrary = 0
            // The latest reason is the one worth reading.
            if case .failed(let reason) = outcome { state = .unhealthy(reason) }
            return false
        case (.healthy, .failed(let reason)):
            contrary += 1
            return contrary >= unhealthyAfter ? enter(.unhealthy(reason)) : false
        case (.unhealthy, .passed):
            contrary += 1
            return contrary >= healthyAfter ? enter(.healthy) : false
        }
    }

    private mutating func enter(_ new: State) -> Bool {
        state = new
        contrary = 0
        return true
    }
}

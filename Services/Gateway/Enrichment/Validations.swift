/// Single flight: the requests that wait for the plant's word on one token, per loop. A pure state machine.
///
/// The call belongs to nobody: whoever goes away, the others still get their answer.
package struct Validations<Waiter> {
    package enum Ask: Equatable {
        /// Make the call; this is its number.
        case call(Int)
        /// One is on its way.
        case wait
        /// As many calls as allowed are on their way.
        case refuse
    }

    private struct Flight {
        var number: Int
        var generation: UInt64
        var waiters: [(ticket: Int, waiter: Waiter)]
    }

    private let limit: Int
    private var flights: [TokenDigest: Flight] = [:]
    private var nextNumber = 0
    private var nextTicket = 0
    private var generation: UInt64 = 0

    package init(limit: Int) { self.limit = limit }

    package var callsInFlight: Int { flights.count }

    package mutating func ask(_ digest: TokenDigest, waiter: Waiter) -> (ask: Ask, ticket: Int) {
        nextTicket += 1
        if flights[digest] != nil {
            flights[digest]?.waiters.append((nextTicket, waiter))
            return (.wait, nextTicket)
        }
        guard flights.count < limit else { return (.refuse, nextTicket) }
        nextNumber += 1
        flights[digest] = Flight(number: nextNumber, generation: generation, waiters: [(nextTicket, waiter)])
        return (.call(nextNumber), nextTicket)
    }

    /// - Returns: who waited (the first of them made the call), and whether the answer may be kept: not when the ring
    ///   changed while the call was on its way.
    package mutating func answered(_ digest: TokenDigest, number: Int) -> (waiters: [Waiter], mayKeep: Bool) {
        guard let flight = flights[digest], flight.number == number else { return ([], false) }
        flights.removeValue(forKey: digest)
        return (flight.waiters.map(\.waiter), flight.generation == generation)
    }

    package mutating func cancel(_ digest: TokenDigest, ticket: Int) {
        flights[digest]?.waiters.removeAll { $0.ticket == ticket }
    }

    /// The ring changed: what is on its way is still answered, but not kept.
    package mutating func ringChanged() { generation += 1 }
}

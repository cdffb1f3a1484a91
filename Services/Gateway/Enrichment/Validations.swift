/// Single flight: who waits for the plant's word on one token. A pure state machine.
///
/// The call belongs to nobody: whoever goes away, the others still get their answer.
package struct Validations<Waiter> {
    package struct Ticket: Equatable, Sendable {
        fileprivate var flight: Int
        fileprivate var number: Int
    }

    package enum Ask: Equatable {
        /// Make the call; its number, to answer with.
        case call(Int, Ticket)
        /// One is on its way.
        case wait(Ticket)
        /// As many calls as allowed are on their way.
        case refuse
    }

    private struct Flight {
        var digest: TokenDigest
        var epoch: Epoch
        var waiters: [Int: Waiter]
    }

    private let limit: Int
    private var flights: [Int: Flight] = [:]
    /// The latest call for a token; an earlier one, of an epoch that was over, may still be on its way.
    private var latest: [TokenDigest: Int] = [:]
    private var next = 0

    package init(limit: Int) { self.limit = limit }

    package var callsInFlight: Int { flights.count }

    /// - Parameters:
    ///   - epoch: what the asker knows of; a call that began before that is not joined.
    ///   - waiter: nil for a call that nobody waits for.
    package mutating func ask(_ digest: TokenDigest, epoch: Epoch, waiter: Waiter?) -> Ask {
        next += 1
        if let number = latest[digest], let flight = flights[number], flight.epoch.covers(epoch) {
            if let waiter { flights[number]?.waiters[next] = waiter }
            return .wait(Ticket(flight: number, number: next))
        }
        guard flights.count < limit else { return .refuse }
        flights[next] = Flight(digest: digest, epoch: epoch, waiters: waiter.map { [next: $0] } ?? [:])
        latest[digest] = next
        return .call(next, Ticket(flight: next, number: next))
    }

    /// - Returns: who waited, in the order in which they came, and the epoch in which the call began.
    package mutating func answered(_ number: Int) -> (waiters: [Waiter], epoch: Epoch)? {
        guard let flight = flights.removeValue(forKey: number) else { return nil }
        if latest[flight.digest] == number { latest.removeValue(forKey: flight.digest) }
        return (Self.inOrder(flight.waiters), flight.epoch)
    }

    package mutating func cancel(_ ticket: Ticket) {
        flights[ticket.flight]?.waiters.removeValue(forKey: ticket.number)
    }

    package func isWaiting(_ ticket: Ticket) -> Bool { flights[ticket.flight]?.waiters[ticket.number] != nil }

    /// No call will be answered any more.
    /// - Returns: all who wait.
    package mutating func abandon() -> [Waiter] {
        let waiters = flights.keys.sorted().flatMap { Self.inOrder(flights[$0]?.waiters ?? [:]) }
        flights.removeAll()
        latest.removeAll()
        return waiters
    }

    private static func inOrder(_ waiters: [Int: Waiter]) -> [Waiter] {
        waiters.sorted { $0.key < $1.key }.map(\.value)
    }
}

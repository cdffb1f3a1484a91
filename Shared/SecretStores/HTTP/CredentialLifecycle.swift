/// The life of a credential that is fetched and ends: when the held one is good, when another is due, and how long a
/// fetch that failed is not repeated. Pure; times are seconds of one clock.
struct CredentialLifecycle<Value: Sendable & Equatable, Fault: Error & Equatable>: Sendable {
    enum Step: Sendable, Equatable {
        case use(Value)
        case fetch
        /// The last fetch failed a moment ago.
        case refuse(Fault)
    }

    /// Before its end from which a credential is replaced; half of its life, where that is shorter.
    static var margin: Int64 { 300 }
    /// The longest time between two fetches in vain.
    static var longestPause: Int64 { 30 }

    private struct Held: Sendable {
        let value: Value
        let dueAt: Int64
        let endsAt: Int64
    }

    private struct Failure: Sendable {
        let fault: Fault
        let count: Int
        let until: Int64
    }

    private var held: Held?
    private var failure: Failure?

    func step(now: Int64) -> Step {
        if let held, now < held.dueAt { return .use(held.value) }
        guard let failure, now < failure.until else { return .fetch }
        // Due is not ended: what is held serves while the one who renews it is down.
        if let held = usable(now: now) { return .use(held) }
        return .refuse(failure.fault)
    }

    /// What is held and has not ended, whatever is due.
    func usable(now: Int64) -> Value? {
        guard let held, now < held.endsAt else { return nil }
        return held.value
    }

    /// - Parameters:
    ///   - lifetime: seconds from now; one that never ends is `.max`.
    ///   - renewal: seconds from now after which another is due, of credentials with a rule of their own for that.
    mutating func fetched(_ value: Value, lifetime: Int64, renewal: Int64? = nil, now: Int64) {
        let end = now.addingReportingOverflow(max(lifetime, 0))
        let endsAt = end.overflow ? .max : end.partialValue
        let dueAt = renewal.map { now + $0 } ?? max(endsAt - Self.margin, now + max(lifetime, 0) / 2)
        held = Held(value: value, dueAt: dueAt, endsAt: endsAt)
        failure = nil
    }

    /// - Returns: what still serves.
    mutating func failed(_ fault: Fault, now: Int64) -> Value? {
        let count = (failure?.count ?? 0) + 1
        let pause = min(1 << Int64(min(count - 1, 10)), Self.longestPause)
        failure = Failure(fault: fault, count: count, until: now + pause)
        return usable(now: now)
    }

    /// Whoever it was meant for does not take it any more. Another, fetched meanwhile, stays.
    mutating func refused(_ value: Value) { if held?.value == value { held = nil } }
}

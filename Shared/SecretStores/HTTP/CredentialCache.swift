/// Hands out a credential that works to all who need it: one fetch at a time, ahead of the end of the held one, which
/// serves meanwhile.
actor CredentialCache<Value: Sendable & Equatable, Fault: Error & Equatable> {
    /// A credential with its life.
    struct Fetched: Sendable {
        let value: Value
        /// Seconds from now; one that never ends is `.max`.
        let lifetime: Int64
        /// Seconds from now after which another is fetched; nil: as `CredentialLifecycle` has it.
        var renewal: Int64?
    }

    /// Is given what is held and still works, for what can be renewed. Every fetch ends by itself.
    typealias Fetch = @Sendable (Value?) async throws(Fault) -> Fetched

    private let fetch: Fetch
    /// Seconds of one clock.
    private let now: @Sendable () -> Int64
    private var lifecycle = CredentialLifecycle<Value, Fault>()
    private var isFetching = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(now: @escaping @Sendable () -> Int64, fetch: @escaping Fetch) {
        self.now = now
        self.fetch = fetch
    }

    func value() async throws(Fault) -> Value {
        while true {
            switch lifecycle.step(now: now()) {
            case .use(let value): return value
            case .refuse(let fault): throw fault
            case .fetch where !isFetching: return try await renewed()
            case .fetch:
                // Not good for long, but good: nobody waits for the one who renews.
                if let held = lifecycle.usable(now: now()) { return held }
                await withCheckedContinuation { waiting.append($0) }
            }
        }
    }

    /// Whoever it was meant for does not take it any more.
    func refused(_ value: Value) { lifecycle.refused(value) }

    private func renewed() async throws(Fault) -> Value {
        isFetching = true
        defer {
            isFetching = false
            for waiter in waiting { waiter.resume() }
            waiting = []
        }
        do throws(Fault) {
            let fetched = try await fetch(lifecycle.usable(now: now()))
            lifecycle.fetched(fetched.value, lifetime: fetched.lifetime, renewal: fetched.renewal, now: now())
            return fetched.value
        } catch {
            guard let held = lifecycle.failed(error, now: now()) else { throw error }
            return held
        }
    }
}

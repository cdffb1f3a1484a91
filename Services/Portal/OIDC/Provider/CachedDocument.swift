import HTTPKit

/// A document of a provider, fetched when somebody needs it and kept for as long as the provider says (within bounds).
/// One fetch at a time, whoever asks; the last good one stays in use while the provider is down.
actor CachedDocument<Value: Sendable> {
    typealias Fetch = @Sendable (_ url: String, _ tag: String?) async -> KeySetAnswer

    private let fetch: Fetch
    private let spread: Double
    private var machine: KeySetState
    private var url = ""
    private var held: Value?
    private var tag: String?
    private var fault = OIDCFault.unavailable("it was not asked yet")
    private var flight: Task<Void, Never>?
    /// Fetches that went well.
    private var arrivals = 0

    /// - Parameter spread: 0 to 1: replicas that started together don't fetch together.
    init(spread: Double, fetch: @escaping Fetch) {
        self.fetch = fetch
        self.spread = spread
        machine = KeySetState(spread: spread)
    }

    typealias Read = @Sendable ([UInt8]) throws(DocumentFault) -> Value

    /// - Parameter now: seconds since the epoch.
    func value(at url: String, now: Int64, read: @escaping Read) async throws(OIDCFault) -> Value {
        if self.url != url {
            // The provider has moved it: what lay at the old place is not what lies here.
            (self.url, held, tag, flight) = (url, nil, nil, nil)
            machine = KeySetState(spread: spread)
            _ = machine.on(.started, now: now)
            takeOff(now: now, read: read)
        } else if machine.on(.tick, now: now) == .fetch {
            takeOff(now: now, read: read)
        }
        await flight?.value
        guard let held else { throw fault }
        return held
    }

    /// For a key that the held document does not have.
    /// - Returns: whether it was fetched anew, so that another look is worth it. At most once in ten seconds.
    func isRefreshed(now: Int64, read: @escaping Read) async -> Bool {
        let before = arrivals
        switch machine.on(.unknownKey, now: now) {
        case .fetch: takeOff(now: now, read: read)
        case .await: break
        case .refuse, .none: return false
        }
        await flight?.value
        return arrivals > before
    }

    private func takeOff(now: Int64, read: @escaping Read) {
        let (url, tag) = (url, tag)
        // A task of its own: it belongs to all who wait for it, and the first one's hanging up must not take it from
        // the others. It ends by itself, as the fetch has a deadline.
        flight = Task {
            let answer = await fetch(url, tag)
            land(answer, of: url, now: now, read: read)
        }
    }

    private func land(_ answer: KeySetAnswer, of url: String, now: Int64, read: Read) {
        guard url == self.url else { return }
        flight = nil
        switch answer {
        case .unchanged(let age):
            arrivals += 1
            _ = machine.on(.fetched(maximumAge: age), now: now)
        case .set(let bytes, let age, let tag):
            do throws(DocumentFault) {
                held = try read(bytes)
                self.tag = tag
                arrivals += 1
                _ = machine.on(.fetched(maximumAge: age), now: now)
            } catch {
                fault = .misconfigured("\(url): \(error.reason)")
                _ = machine.on(.failed, now: now)
            }
        case .failed(let reason):
            fault = .unavailable("\(url): \(reason)")
            _ = machine.on(.failed, now: now)
        }
    }
}

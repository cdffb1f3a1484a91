import AsyncHTTPClient
import CoreMetrics
package import Logging
import NIOCore
package import Secrets
package import ServiceKit
import ServiceLifecycle
import Synchronization
import Tokens

/// The public keys of an issuer, held up to date beside the own ring (`JWT_JWKS_URL`).
///
/// A thin shell: `KeySetState` says when to fetch, this fetches, judges what came and hands it on. The last good set stays
/// while the issuer is down, in memory and, where a file is named, over a restart.
package final class RemoteKeySet: Service {
    /// The readiness check that it sets.
    package static let check = "key_set"
    /// Requests that wait for one fetch at most; those beyond are answered at once.
    static let maximumWaiters = 1024

    package let url: String
    private let cache: KeySetCache?
    private let publish: @Sendable ([RingKey], String) -> Void
    private let fetch: (@Sendable (String, String?) async -> KeySetAnswer)?
    private let pause: @Sendable () async throws -> Void
    private let readiness: Readiness
    private let clock: WallClock
    private let logger: Logger
    private let state: Mutex<State>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    private struct State {
        var machine: KeySetState
        var tag: String?
        /// As received; what the cache holds.
        var held: [UInt8]?
        var kids: Set<KeyID> = []
        var lastFailure: String?
        var waiters: [@Sendable (Bool) -> Void] = []

        /// A fetch is over: who waited for it. In one step, since who asks after it waits for the next fetch.
        mutating func end(_ event: KeySetState.Event, now: Int64) -> [@Sendable (Bool) -> Void] {
            _ = machine.on(event, now: now)
            return takeWaiters()
        }

        mutating func takeWaiters() -> [@Sendable (Bool) -> Void] {
            defer { waiters = [] }
            return waiters
        }
    }

    /// - Parameter publish: takes the keys, each time all of them, and how log lines name where they come from.
    package convenience init(
        settings: KeySetSettings, publish: @escaping @Sendable ([RingKey], String) -> Void, readiness: Readiness,
        clock: WallClock, logger: Logger
    ) {
        self.init(
            settings: settings, publish: publish, fetch: nil, pause: { try await Task.sleep(for: .seconds(1)) },
            spread: .random(in: 0...1), readiness: readiness, clock: clock, logger: logger)
    }

    /// - Parameters:
    ///   - fetch: asks for the set, with the tag of the one that is held; nil: over HTTP.
    ///   - pause: between two looks at the clock.
    ///   - spread: 0 to 1.
    init(
        settings: KeySetSettings, publish: @escaping @Sendable ([RingKey], String) -> Void,
        fetch: (@Sendable (String, String?) async -> KeySetAnswer)?, pause: @escaping @Sendable () async throws -> Void,
        spread: Double, readiness: Readiness, clock: WallClock, logger: Logger
    ) {
        url = settings.url
        cache = settings.cacheFile.map(KeySetCache.init)
        self.publish = publish
        self.fetch = fetch
        self.pause = pause
        self.readiness = readiness
        self.clock = clock
        self.logger = logger
        state = Mutex(State(machine: KeySetState(spread: spread)))
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        readiness.set(Self.check, .notReady(code: "key_set_pending", detail: "\(url) was not fetched yet"))
    }

    // MARK: unknown keys

    /// For a token whose key is not held. `done` is called once: with true when a set was fetched since, so that it is
    /// worth to verify again, with false when it is not; at once where nothing will be fetched now.
    package func seek(_ done: @escaping @Sendable (Bool) -> Void) {
        let now = clock.now()
        let isAnswered = state.withLock { state -> Bool in
            switch state.machine.on(.unknownKey, now: now) {
            case .fetch:
                state.waiters.append(done)
                wake.yield()
                return false
            case .await where state.waiters.count < Self.maximumWaiters:
                state.waiters.append(done)
                return false
            case .await, .refuse, .none: return true
            }
        }
        if isAnswered { done(false) }
    }

    /// As `seek`, for who can wait.
    package func isRefreshed() async -> Bool {
        await withCheckedContinuation { continuation in seek { continuation.resume(returning: $0) } }
    }

    // MARK: running

    package func run() async throws {
        readCache()
        if let fetch { return await run(fetch: fetch) }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(3))
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let client = KeySetClient(client: http, logger: logger)
        await run(fetch: client.fetch)
        try await http.shutdown()
    }

    private func run(fetch: @escaping @Sendable (String, String?) async -> KeySetAnswer) async {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    while (try? await pause()) != nil { wake.yield() }
                }
                _ = state.withLock { $0.machine.on(.started, now: clock.now()) }
                await fetchOnce(fetch)
                for await _ in wakes where !Task.isCancelled {
                    let isDue = state.withLock { state in
                        state.machine.isFetching || state.machine.on(.tick, now: clock.now()) == .fetch
                    }
                    if isDue { await fetchOnce(fetch) }
                }
                group.cancelAll()
            }
        }
        // Nobody may be left waiting for a fetch that will not come.
        Self.answer(state.withLock { $0.takeWaiters() }, isRefreshed: false)
    }

    private func fetchOnce(_ fetch: @Sendable (String, String?) async -> KeySetAnswer) async {
        let answer = await fetch(url, state.withLock { $0.tag })
        let now = clock.now()
        switch answer {
        case .unchanged(let age):
            let waiters = state.withLock { $0.end(.fetched(maximumAge: age), now: now) }
            succeeded()
            Self.answer(waiters, isRefreshed: true)
        case .set(let bytes, let age, let tag):
            do throws(JWKSetFault) {
                try adopt(bytes, from: url)
                let waiters = state.withLock { state in
                    state.tag = tag
                    return state.end(.fetched(maximumAge: age), now: now)
                }
                keep(bytes)
                succeeded()
                Self.answer(waiters, isRefreshed: true)
            } catch {
                failed("not a set of public keys: \(error.reason)", now: now)
            }
        case .failed(let reason): failed(reason, now: now)
        }
    }

    private func adopt(_ bytes: [UInt8], from label: String) throws(JWKSetFault) {
        let set = try JWKSet(bytes)
        // A key that came over the wire for everybody to read must not be one that signs.
        guard set.keys.allSatisfy({ $0.secret == nil }), !set.holdsPrivateKeys else {
            throw JWKSetFault(reason: "it publishes keys that sign: whoever fetched it can make tokens")
        }
        let isNew = state.withLock { state in
            defer { (state.held, state.kids) = (bytes, Set(set.keys.map(\.id))) }
            return state.held != bytes
        }
        guard isNew else { return }
        publish(set.keys, "the JWK Set of \(label)")
        logger.info(
            "JWK Set adopted from \(label)",
            metadata: ["kids": "\(set.keys.map(\.id.rawValue).joined(separator: ", "))"])
    }

    private func succeeded() {
        let failure = state.withLock { state in
            defer { state.lastFailure = nil }
            return state.lastFailure
        }
        if failure != nil { logger.info("JWK Set of \(url) can be fetched again") }
        readiness.set(Self.check, .ready)
        Counter(label: MetricName.keySetFetches, dimensions: [("result", "fetched")]).increment()
    }

    private func failed(_ reason: String, now: Int64) {
        let (isNew, held, confirmedAt, waiters) = state.withLock { state in
            defer { state.lastFailure = reason }
            let waiters = state.end(.failed, now: now)
            return (state.lastFailure != reason, state.held != nil, state.machine.confirmedAt, waiters)
        }
        Counter(label: MetricName.keySetFetches, dimensions: [("result", "failed")]).increment()
        let age =
            confirmedAt.map { "the set in use is from \(now - $0) s ago" } ?? "the set in use is from an earlier run"
        if isNew {
            logger.warning(
                "JWK Set of \(url) can't be fetched: \(reason); \(held ? age : "none is held")",
                metadata: ["code": "key_set_unreachable"])
        }
        readiness.set(
            Self.check,
            held
                ? .warning(code: "key_set_unreachable", detail: "\(url): \(reason); \(age)")
                : .notReady(code: "key_set_unreachable", detail: "\(url): \(reason)"))
        Self.answer(waiters, isRefreshed: false)
    }

    private static func answer(_ waiters: [@Sendable (Bool) -> Void], isRefreshed: Bool) {
        for waiter in waiters { waiter(isRefreshed) }
    }

    // MARK: the file

    private func readCache() {
        guard let cache else { return }
        switch cache.read() {
        case .absent: return
        case .refused(let reason):
            logger.warning(
                "\(cache.path) is not used: \(reason)", metadata: ["code": "key_set_cache_refused"])
        case .set(let bytes):
            do throws(JWKSetFault) {
                try adopt(bytes, from: "\(url), kept in \(cache.path)")
                readiness.set(
                    Self.check,
                    .warning(code: "key_set_kept", detail: "from \(cache.path), not confirmed by \(url) yet"))
            } catch {
                logger.warning(
                    "\(cache.path) is not used: not a set of public keys: \(error.reason)",
                    metadata: ["code": "key_set_cache_refused"])
            }
        }
    }

    private func keep(_ bytes: [UInt8]) {
        guard let cache, let reason = cache.write(bytes) else { return }
        logger.warning("\(cache.path) can't be written: \(reason)", metadata: ["code": "key_set_cache_unwritable"])
    }
}

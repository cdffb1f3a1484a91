import Foundation
import Secrets
import ServiceKit
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import HTTPKit

@Suite("A remote JWK Set")
struct RemoteKeySetTests {
    /// An issuer whose set a test changes, a clock it moves, and the manager of a verifier that holds no key of its own.
    private final class World: Sendable {
        struct State {
            var ring: KeyRing
            var isDown = false
            var fetches = 0
            /// Answered in place of a published set.
            var forged: [UInt8]?
        }
        let state: Mutex<State>
        let clock = ManualClock()
        let log = CapturedLog()
        let readiness = Readiness(checks: [])
        let manager: SecretManager
        private let pauses = Mutex<[CheckedContinuation<Void, Never>]>([])
        let looks: AsyncStream<Void>
        private let look: AsyncStream<Void>.Continuation

        init(_ keys: RingKey..., variables: [String: String] = [:]) async throws {
            state = Mutex(State(ring: World.ring(keys)))
            (looks, look) = AsyncStream.makeStream()
            manager = try await SecretManager.load(
                variables: ["ENVIRONMENT": "production", "JWT_JWKS_URL": "https://portal"].merging(variables) { $1 },
                logger: log.logger, now: { [clock] in clock.now })
        }

        static func ring(_ keys: [RingKey]) -> KeyRing {
            KeyRing(keys: keys, source: "a test", environment: .production, version: 1)
        }

        func set(_ keys: RingKey...) { state.withLock { $0.ring = World.ring(keys) } }

        func makeSet(cacheFile: String? = nil) -> RemoteKeySet {
            RemoteKeySet(
                settings: KeySetSettings(url: "https://portal", cacheFile: cacheFile),
                publish: { [manager] in manager.publish($0, from: $1) },
                fetch: { _, tag in self.answer(tag) },
                pause: {
                    await withCheckedContinuation { continuation in
                        self.pauses.withLock { $0.append(continuation) }
                        self.look.yield()
                    }
                    try Task.checkCancellation()
                }, spread: 0, readiness: readiness, clock: WallClock { [clock] in clock.now }, logger: log.logger)
        }

        private func answer(_ tag: String?) -> KeySetAnswer {
            state.withLock { state in
                state.fetches += 1
                if state.isDown { return .failed("connection refused") }
                if let forged = state.forged { return .set(forged, maximumAge: 60, tag: nil) }
                let set = PublishedKeySet(ring: state.ring, now: clock.now)
                if tag == set.entityTag { return .unchanged(maximumAge: 60) }
                return .set(set.bytes, maximumAge: Int64(PublishedKeySet.maximumAge), tag: set.entityTag)
            }
        }

        /// Ends the pauses that have begun, so that the set looks at the clock.
        func tick() {
            let begun = pauses.withLock { pauses in
                defer { pauses = [] }
                return pauses
            }
            for pause in begun { pause.resume() }
        }

        var fetches: Int { state.withLock { $0.fetches } }

        /// Runs the set beside `body`.
        func running(_ set: RemoteKeySet, _ body: () async throws -> Void) async throws {
            let end = End()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { end.hasCome.withLock { $0 = true } }
                    try await set.run()
                }
                // The first look is over when the keys are there or the failure is known.
                while fetches == 0 || readiness.checks.contains(where: { Self.isPending($0.status) }) {
                    await Task.yield()
                }
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
                group.cancelAll()
                // A pause may begin after the first of these.
                while !end.hasCome.withLock({ $0 }) {
                    tick()
                    await Task.yield()
                }
                try outcome.get()
            }
        }

        private final class End: Sendable { let hasCome = Mutex(false) }

        private static func isPending(_ status: Readiness.Status) -> Bool {
            if case .notReady("key_set_pending", _) = status { true } else { false }
        }

        func issue(by key: RingKey) throws -> String {
            try TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: 300).issue(
                AccessClaims(subject: "u", email: "", roles: ["viewer"], sessionID: "s"), ring: Self.ring([key]),
                now: clock.now
            ).text
        }

        /// Whether a token that this key signed passes.
        func accepts(_ key: RingKey) -> Bool {
            guard let token = try? issue(by: key) else { return false }
            let verifier = TokenVerifier(ring: manager.ring, policy: VerificationPolicy())
            return (try? verifier.verify(token, now: clock.now)) != nil
        }
    }

    private static func key(_ algorithm: KeyAlgorithm, _ state: KeyState = .current) throws -> RingKey {
        let material = try KeyMaterial.generate(for: algorithm)
        return RingKey(id: .derived(from: material), algorithm: algorithm, material: material, state: state)
    }

    @Test("a verifier without a key of its own verifies with what the issuer publishes")
    func verifies() async throws {
        let key = try Self.key(.es256)
        let world = try await World(key)
        #expect(world.manager.ring.keys.isEmpty)
        #expect(!world.accepts(key))
        try await world.running(world.makeSet()) {
            #expect(world.accepts(key))
            #expect(world.manager.ring.keys.allSatisfy { $0.secret == nil && !$0.material.signs })
            #expect(world.readiness.isReady)
        }
    }

    @Test("ten thousand tokens with random kids bring one fetch in a window, and a rotation in that window still heals")
    func flood() async throws {
        let old = try Self.key(.es256)
        let new = try Self.key(.eddsa)
        let world = try await World(old)
        let set = world.makeSet()
        try await world.running(set) {
            let before = world.fetches
            for _ in 0..<10_000 { _ = await set.isRefreshed() }
            #expect(world.fetches == before + 1)

            // The issuer rotates while the window is closed: its key is not known, and nobody is kept waiting.
            world.set(new, old.becoming(.previous))
            #expect(await set.isRefreshed() == false)
            #expect(!world.accepts(new))
            // When the window opens, the key comes, though nobody asks again.
            world.clock.advance(10)
            world.tick()
            while world.fetches == before + 1 { await Task.yield() }
            while !world.accepts(new) { await Task.yield() }
            #expect(world.fetches == before + 2)
        }
    }

    @Test("the last good set stays while the issuer is down, and over a restart where a file is named")
    func lastGood() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "key-set-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "set.json").path
        let key = try Self.key(.es384)
        let world = try await World(key)
        let set = world.makeSet(cacheFile: file)
        try await world.running(set) {
            world.state.withLock { $0.isDown = true }
            #expect(await set.isRefreshed() == false)
            #expect(world.accepts(key))
            #expect(world.readiness.isReady)
        }
        let permissions = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(permissions == 0o600)

        let later = try await World(key)
        later.state.withLock { $0.isDown = true }
        try await later.running(later.makeSet(cacheFile: file)) {
            #expect(later.accepts(key))
            #expect(later.readiness.isReady)
        }
        // Whoever may write the file chooses the keys.
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
        let wary = try await World(key)
        wary.state.withLock { $0.isDown = true }
        try await wary.running(wary.makeSet(cacheFile: file)) {
            #expect(!wary.accepts(key))
            #expect(!wary.readiness.isReady)
        }
    }

    @Test("an issuer that is down at boot holds a verifier without keys back")
    func downAtBoot() async throws {
        let key = try Self.key(.es256)
        let world = try await World(key)
        world.state.withLock { $0.isDown = true }
        try await world.running(world.makeSet()) {
            #expect(!world.readiness.isReady)
            world.state.withLock { $0.isDown = false }
            // A tick ends the pauses that have begun: where none has yet, another one is needed.
            while !world.readiness.isReady {
                world.clock.advance(2)
                world.tick()
                await Task.yield()
            }
            #expect(world.accepts(key))
        }
    }

    @Test("a set with a secret or a private key in it is refused whole, and what was held stays")
    func publishedSecrets() async throws {
        let key = try Self.key(.es256)
        let world = try await World(key)
        let secret = try Self.key(.hs256, .next)
        for forged in [JWKSetWriter.ring([try Self.key(.es256)]), JWKSetWriter.ring([secret.becoming(.current)])] {
            world.state.withLock { $0.forged = nil }
            let set = world.makeSet()
            try await world.running(set) {
                world.state.withLock { $0.forged = forged.withUnsafeBytes { Array($0) } }
                world.clock.advance(20)
                #expect(await set.isRefreshed() == false)
                #expect(world.accepts(key))
                #expect(world.manager.ring.keys.map(\.id) == [key.id])
            }
        }
    }

    @Test("keys of the chain stay beside it, and a published key never takes the name of one")
    func besideTheChain() async throws {
        let own = "cDBPaVU4eVQ2ckU0d1EyYVNkRjVnSDdqSzlsWjF4QzN2QjBuTS1ZdF9Sa1dxTHNF"
        let published = try Self.key(.es256)
        let world = try await World(published, variables: ["JWT_SECRET": own])
        let ownKey = try #require(world.manager.ring.current)
        try await world.running(world.makeSet()) {
            #expect(world.manager.ring.keys.map(\.id) == [ownKey.id, published.id])
            #expect(world.manager.ring.current == ownKey)
            let named = RingKey(id: ownKey.id, algorithm: .es256, material: published.material, state: .current)
            world.manager.publish([named], from: "a forger")
            #expect(world.manager.ring.keys == [ownKey])
        }
    }

    @Test(
        "how long an answer may be kept",
        arguments: [
            (["max-age=60"], 60), (["public, max-age=\"30\""], 30), (["no-store"], 0), (["no-cache, max-age=9"], 0),
            (["private"], nil), ([], nil), (["max-age=x"], nil),
        ] as [([String], Int64?)])
    func cacheControl(lines: [String], age: Int64?) {
        #expect(KeySetClient.maximumAge(lines) == age)
    }

    @Test(
        "plain http is for this machine, or said to be wanted",
        arguments: [
            ("https://portal.example/jwks", true), ("http://127.0.0.1:8080/jwks", true),
            ("http://localhost/jwks", true),
            ("http://[::1]:1/jwks", true), ("http://portal.example/jwks", false), ("http://localhost.example/x", false),
        ])
    func plainHTTP(url: String, isTaken: Bool) {
        let reader = SettingsReader(variables: ["JWT_JWKS_URL": url])
        #expect(KeySetSettings(reader: reader) != nil)
        var isAccepted = true
        do { try reader.finish() } catch { isAccepted = false }
        #expect(isAccepted == isTaken)
        let open = SettingsReader(variables: ["JWT_JWKS_URL": url, "JWT_JWKS_ALLOW_HTTP": "true"])
        _ = KeySetSettings(reader: open)
        #expect(throws: Never.self) { try open.finish() }
    }
}

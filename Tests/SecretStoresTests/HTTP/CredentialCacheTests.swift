import Synchronization
import TestSupport
import Testing

@testable import SecretStores

@Suite("One credential for all who need it")
struct CredentialCacheTests {
    private struct Down: Error, Equatable {}
    private typealias Cache = CredentialCache<String, Down>

    @Test("many at once make one fetch")
    func singleFlight() async throws {
        let fetches = Mutex(0)
        let cache = Cache(now: { 0 }) { _ throws(Down) in
            fetches.withLock { $0 += 1 }
            await Task.yield()
            return .init(value: "token", lifetime: 3_600)
        }
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await cache.value() } }
            for try await value in group { #expect(value == "token") }
        }
        #expect(fetches.withLock { $0 } == 1)
    }

    @Test("while one renews, the others use what is held and do not wait")
    func renewing() async throws {
        let clock = ManualClock(0)
        let (starts, started) = AsyncStream.makeStream(of: String?.self)
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        let cache = Cache(now: { clock.now }) { held throws(Down) in
            guard held != nil else { return .init(value: "old", lifetime: 3_600) }
            started.yield(held)
            for await _ in releases { break }
            return .init(value: "new", lifetime: 3_600)
        }
        #expect(try await cache.value() == "old")
        clock.advance(3_400)
        async let renewed = cache.value()
        for await held in starts {
            #expect(held == "old")
            break
        }
        #expect(try await cache.value() == "old")
        release.yield()
        #expect(try await renewed == "new")
        #expect(try await cache.value() == "new")
    }

    @Test("a fetch that fails is the fault of all who waited, and is not repeated at once")
    func failing() async throws {
        let clock = ManualClock(0)
        let fetches = Mutex(0)
        let cache = Cache(now: { clock.now }) { _ throws(Down) in
            fetches.withLock { $0 += 1 }
            throw Down()
        }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { (try? await cache.value()) == nil } }
            for await isRefused in group { #expect(isRefused) }
        }
        #expect(fetches.withLock { $0 } == 1)
        clock.advance(1)
        await #expect(throws: Down()) { try await cache.value() }
        #expect(fetches.withLock { $0 } == 2)
    }

    @Test("what was refused is fetched anew, and is not given to the fetch")
    func refused() async throws {
        let given = Mutex<[String?]>([])
        let cache = Cache(now: { 0 }) { held throws(Down) in
            let count = given.withLock { given in
                given.append(held)
                return given.count
            }
            return .init(value: "token \(count)", lifetime: 3_600)
        }
        #expect(try await cache.value() == "token 1")
        await cache.refused("token 1")
        #expect(try await cache.value() == "token 2")
        #expect(given.withLock { $0 } == [nil, nil])
    }
}

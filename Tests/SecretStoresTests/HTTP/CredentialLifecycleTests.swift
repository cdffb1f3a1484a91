import Testing

@testable import SecretStores

@Suite("The life of a credential")
struct CredentialLifecycleTests {
    private struct Down: Error, Equatable {}
    private typealias Lifecycle = CredentialLifecycle<String, Down>

    @Test(
        "a credential is replaced ahead of its end: 300 s, or half of a short life",
        arguments: [
            (3_600, 3_299, true), (3_600, 3_300, false), (100, 49, true), (100, 50, false), (0, 0, false),
            (.max, 1_000_000_000, true),
        ] as [(Int64, Int64, Bool)])
    func due(lifetime: Int64, now: Int64, serves: Bool) {
        var life = Lifecycle()
        #expect(life.step(now: 0) == .fetch)
        life.fetched("token", lifetime: lifetime, now: 0)
        #expect(life.step(now: now) == (serves ? .use("token") : .fetch))
    }

    @Test("a credential with a rule of its own is replaced by that, and ends as it does")
    func ownRule() {
        var life = Lifecycle()
        life.fetched("token", lifetime: 90, renewal: 60, now: 10)
        #expect(life.step(now: 69) == .use("token"))
        #expect(life.step(now: 70) == .fetch)
        #expect(life.usable(now: 99) == "token")
        #expect(life.usable(now: 100) == nil)
    }

    @Test("while a renewal fails the held one serves until its end, and not a second longer")
    func failing() {
        var life = Lifecycle()
        life.fetched("token", lifetime: 3_600, now: 0)
        #expect(life.failed(Down(), now: 3_300) == "token")
        #expect(life.step(now: 3_300) == .use("token"))
        #expect(life.step(now: 3_301) == .fetch)
        #expect(life.failed(Down(), now: 3_600) == nil)
        #expect(life.step(now: 3_601) == .refuse(Down()))
    }

    @Test("fetches in vain are repeated after 1, 2, 4, 8, 16 and then each 30 seconds")
    func pauses() {
        var life = Lifecycle()
        var now: Int64 = 0
        for pause: Int64 in [1, 2, 4, 8, 16, 30, 30] {
            #expect(life.failed(Down(), now: now) == nil)
            #expect(life.step(now: now + pause - 1) == .refuse(Down()))
            now += pause
            #expect(life.step(now: now) == .fetch)
        }
        life.fetched("token", lifetime: 3_600, now: now)
        #expect(life.step(now: now) == .use("token"))
    }

    @Test("a refused credential is fetched anew; another one stays")
    func refused() {
        var life = Lifecycle()
        life.fetched("new", lifetime: 3_600, now: 0)
        life.refused("old")
        #expect(life.step(now: 1) == .use("new"))
        life.refused("new")
        #expect(life.step(now: 1) == .fetch)
    }
}

import Testing

@testable import HTTPKit

@Suite("When a remote JWK Set is fetched")
struct KeySetStateTests {
    private func started(spread: Double = 0) -> KeySetState {
        var state = KeySetState(spread: spread)
        #expect(state.on(.started, now: 0) == .fetch)
        return state
    }

    @Test(
        "ahead of its expiry, within bounds whatever the issuer says",
        arguments: [
            (300, 180), (nil, 180), (1, 18), (1_000_000, 2160),
        ] as [(Int64?, Int64)])
    func aheadOfExpiry(maximumAge: Int64?, due: Int64) {
        var state = started()
        _ = state.on(.fetched(maximumAge: maximumAge), now: 0)
        #expect(state.on(.tick, now: due - 1) == .none)
        #expect(state.on(.tick, now: due) == .fetch)
    }

    @Test("one fetch is in flight, however many ask")
    func oneInFlight() {
        var state = started()
        #expect(state.on(.tick, now: 1) == .none)
        #expect(state.on(.unknownKey, now: 1) == .await)
        #expect(state.on(.unknownKey, now: 2) == .await)
    }

    @Test("ten thousand unknown kids bring at most one fetch per window")
    func flood() {
        var state = started()
        _ = state.on(.fetched(maximumAge: 3600), now: 0)
        var fetches = 0
        for index in 0..<10_000 {
            let now = Int64(100 + index * 30 / 10_000)
            if state.on(.unknownKey, now: now) == .fetch {
                fetches += 1
                _ = state.on(.fetched(maximumAge: 3600), now: now)
            }
            if state.on(.tick, now: now) == .fetch {
                fetches += 1
                _ = state.on(.fetched(maximumAge: 3600), now: now)
            }
        }
        // Thirty seconds: windows open at 100, 110 and 120.
        #expect(fetches == 3)
    }

    @Test("a key that is new while the window is closed is fetched when it opens, without anybody asking again")
    func healsInsideWindow() {
        var state = started()
        _ = state.on(.fetched(maximumAge: 3600), now: 0)
        #expect(state.on(.unknownKey, now: 100) == .fetch)
        _ = state.on(.fetched(maximumAge: 3600), now: 100)
        #expect(state.on(.unknownKey, now: 103) == .refuse)
        #expect(state.on(.tick, now: 109) == .none)
        #expect(state.on(.tick, now: 110) == .fetch)
    }

    @Test("failures are retried with longer and longer pauses, and forget nothing")
    func failures() {
        var state = started()
        _ = state.on(.fetched(maximumAge: 300), now: 0)
        #expect(state.on(.tick, now: 180) == .fetch)
        var now: Int64 = 180
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] as [Int64] {
            _ = state.on(.failed, now: now)
            #expect(state.on(.tick, now: now + pause - 1) == .none)
            now += pause
            #expect(state.on(.tick, now: now) == .fetch)
        }
        #expect(state.confirmedAt == 0)
    }
}

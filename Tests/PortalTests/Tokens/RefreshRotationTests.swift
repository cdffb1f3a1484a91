import Testing

@testable import Portal

@Suite struct RefreshRotationTests {
    private static let expiry: Int64 = 1000

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var state: RefreshRotation.State
        var event: RefreshRotation.Event
        var now: Int64
        var action: RefreshRotation.Action
        var after: RefreshRotation.State

        var testDescription: String { name }
    }

    @Test(
        "each event in each state has one answer",
        arguments: [
            Row(
                name: "a fresh token rotates", state: .unused, event: .presented, now: 100, action: .rotate,
                after: .spent(at: 100, successorUsed: false)),
            Row(
                name: "a second before its expiry it still rotates", state: .unused, event: .presented, now: 999,
                action: .rotate, after: .spent(at: 999, successorUsed: false)),
            Row(
                name: "at its expiry it is refused", state: .unused, event: .presented, now: 1000,
                action: .refuse(.expired), after: .unused),
            Row(
                name: "spent a moment ago: the same successor", state: .spent(at: 100, successorUsed: false),
                event: .presented, now: 100, action: .repeatSuccessor, after: .spent(at: 100, successorUsed: false)),
            Row(
                name: "ten seconds after: still the same successor", state: .spent(at: 100, successorUsed: false),
                event: .presented, now: 110, action: .repeatSuccessor, after: .spent(at: 100, successorUsed: false)),
            Row(
                name: "eleven seconds after: the session ends", state: .spent(at: 100, successorUsed: false),
                event: .presented, now: 111, action: .endSession, after: .ended),
            Row(
                name: "the successor was used: the session ends at once", state: .spent(at: 100, successorUsed: true),
                event: .presented, now: 100, action: .endSession, after: .ended),
            Row(
                name: "a spent token past its expiry still ends the session",
                state: .spent(at: 100, successorUsed: false), event: .presented, now: 5000, action: .endSession,
                after: .ended),
            Row(
                name: "a clock set back does not stretch the grace", state: .spent(at: 100, successorUsed: false),
                event: .presented, now: 80, action: .endSession, after: .ended),
            Row(
                name: "a clock a little behind is forgiven", state: .spent(at: 100, successorUsed: false),
                event: .presented, now: 95, action: .repeatSuccessor, after: .spent(at: 100, successorUsed: false)),
            Row(
                name: "an ended session stays ended", state: .ended, event: .presented, now: 100,
                action: .refuse(.sessionEnded), after: .ended),
            Row(
                name: "the successor's use closes the grace", state: .spent(at: 100, successorUsed: false),
                event: .successorRotated, now: 103, action: .none, after: .spent(at: 100, successorUsed: true)),
            Row(
                name: "logout ends a fresh token", state: .unused, event: .sessionEnded, now: 100, action: .none,
                after: .ended),
            Row(
                name: "logout ends a spent token's grace", state: .spent(at: 100, successorUsed: false),
                event: .sessionEnded, now: 101, action: .none, after: .ended),
        ])
    func table(_ row: Row) {
        var rotation = RefreshRotation(state: row.state, expiresAt: Self.expiry)
        #expect(rotation.on(row.event, now: row.now) == row.action)
        #expect(rotation.state == row.after)
    }

    @Test("a token rotates once, whatever is presented in whatever order")
    func rotatesOnce() {
        // Every sequence of four events at two distances: 3^4 × 2^4.
        let events: [RefreshRotation.Event] = [.presented, .successorRotated, .sessionEnded]
        for choice in 0..<81 {
            for pace in 0..<16 {
                var rotation = RefreshRotation(expiresAt: Self.expiry)
                var now: Int64 = 100
                var rotations = 0
                var isOver = false
                for step in 0..<4 {
                    let event = events[(choice / [1, 3, 9, 27][step]) % 3]
                    now += pace >> step & 1 == 0 ? 1 : 11
                    let action = rotation.on(event, now: now)
                    if action == .rotate { rotations += 1 }
                    if isOver { #expect(action == .refuse(.sessionEnded) || action == .none) }
                    if rotation.state == .ended { isOver = true }
                }
                #expect(rotations <= 1)
            }
        }
    }
}

@Suite struct SealedSuccessorTests {
    private let spent = OpaqueToken(.refresh, entropy: .system)
    private let successor = OpaqueToken(.refresh, entropy: .system)

    @Test("the spent token opens what was sealed under it")
    func opens() throws {
        let sealed = try SealedSuccessor.seal(successor, under: spent, session: "s", entropy: .system)
        #expect(SealedSuccessor.open(sealed, with: spent, session: "s")?.text == successor.text)
    }

    @Test("no other token, no other session and no changed byte opens it")
    func refuses() throws {
        let sealed = try SealedSuccessor.seal(successor, under: spent, session: "s", entropy: .system)
        let other = OpaqueToken(.refresh, entropy: .system)
        #expect(SealedSuccessor.open(sealed, with: other, session: "s") == nil)
        #expect(SealedSuccessor.open(sealed, with: spent, session: "t") == nil)
        var characters = Array(sealed)
        characters[20] = characters[20] == "A" ? "B" : "A"
        #expect(SealedSuccessor.open(String(characters), with: spent, session: "s") == nil)
        #expect(SealedSuccessor.open("", with: spent, session: "s") == nil)
    }

    @Test("what is stored tells neither token")
    func storesNoToken() throws {
        let sealed = try SealedSuccessor.seal(successor, under: spent, session: "s", entropy: .system)
        #expect(!sealed.contains(successor.text.dropFirst(4).prefix(20)))
        #expect(!spent.hash.contains(spent.text.dropFirst(4).prefix(20)))
    }
}

@Suite struct OpaqueTokenTests {
    @Test(
        "a token that this portal can't have made is refused before the database sees it",
        arguments: [
            "", "lsr_", "lsr_AAAA", "lsw_" + String(repeating: "A", count: 43),
            "lsr_" + String(repeating: "A", count: 44),
            "lsr_" + String(repeating: "=", count: 43), "lsr_" + String(repeating: "A", count: 42) + "B",
            "LSR_" + String(repeating: "A", count: 43), " lsr_" + String(repeating: "A", count: 43),
        ])
    func refuses(text: String) {
        #expect(OpaqueToken(.refresh, parsing: text) == nil)
    }

    @Test("printing a token shows none of it")
    func printsNothing() {
        let token = OpaqueToken(.refresh, entropy: .system)
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] {
            #expect(!text.contains(token.text))
            #expect(!text.contains(token.text.dropFirst(4)))
            #expect(!text.contains("\(token.bytes[0]), \(token.bytes[1])"))
        }
    }

    @Test("it reads back what it wrote")
    func roundTrip() {
        let token = OpaqueToken(.webSession, entropy: .system)
        #expect(OpaqueToken(.webSession, parsing: token.text) == token)
        #expect(OpaqueToken(.refresh, parsing: token.text) == nil)
    }
}

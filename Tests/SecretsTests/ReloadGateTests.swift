import Testing

@testable import Secrets

@Suite("When changed content counts")
struct ReloadGateTests {
    private static func found(_ text: String, _ revision: String = "1") -> ReloadGate.Readings {
        ["A": .found(SecretBytes(utf8: text), revision: revision)]
    }
    private static let gone: ReloadGate.Readings = ["A": .absent(reason: "gone")]

    @Test("what serves is kept, also when it was written again")
    func unchanged() {
        var gate = ReloadGate(adopted: Self.found("a"), essential: ["A"])
        #expect(gate.on(Self.found("a")) == .keep)
        #expect(gate.on(Self.found("a", "2")) == .keep)
    }

    @Test("new content counts at its second sight, and not while it grows")
    func growing() {
        var gate = ReloadGate(adopted: Self.found("a"), essential: ["A"])
        #expect(gate.on(Self.found("b", "2")) == .wait)
        #expect(gate.on(Self.found("bc", "3")) == .wait)
        #expect(gate.on(Self.found("bc", "4")) == .wait)
        #expect(gate.on(Self.found("bc", "4")) == .resolve)
        gate.adopt(Self.found("bc", "4"))
        #expect(gate.on(Self.found("bc", "4")) == .keep)
    }

    @Test("bad content is judged once; the good one's return recovers; other content is judged again")
    func rejected() {
        var gate = ReloadGate(adopted: Self.found("a"), essential: ["A"])
        _ = gate.on(Self.found("bad", "2"))
        #expect(gate.on(Self.found("bad", "2")) == .resolve)
        gate.reject(Self.found("bad", "2"))
        #expect(gate.on(Self.found("bad", "2")) == .keep)
        #expect(gate.on(Self.found("bad", "3")) == .keep)
        #expect(gate.on(Self.found("a", "4")) == .recovered)
        #expect(gate.on(Self.found("a", "4")) == .keep)
        #expect(gate.on(Self.found("bad", "5")) == .wait)
        #expect(gate.on(Self.found("bad", "5")) == .resolve)
    }

    @Test(
        "a source that held something and holds nothing never lets the chain fall through",
        arguments: [gone, found(""), found("\n")])
    func lost(nothing: ReloadGate.Readings) {
        var gate = ReloadGate(adopted: Self.found("a"), essential: ["A"])
        #expect(gate.on(nothing) == .wait)
        #expect(gate.on(nothing) == .lost("A"))
    }

    @Test("a store's word counts at once: it is whole")
    func atomic() {
        var gate = ReloadGate(adopted: Self.found("a"), essential: ["A"], atomic: ["A"])
        #expect(gate.on(Self.found("b", "2")) == .resolve)
        gate.adopt(Self.found("b", "2"))
        #expect(gate.on(Self.gone) == .lost("A"))
        gate.reject(Self.gone)
        #expect(gate.on(Self.gone) == .keep)
        #expect(gate.on(Self.found("b", "3")) == .recovered)
    }

    @Test("a look at a store is no second look at the file beside it")
    func beside() {
        let store: SourceReading = .found(SecretBytes(utf8: "s"), revision: "1")
        let adopted: ReloadGate.Readings = ["A": .found(SecretBytes(utf8: "a"), revision: "1"), "S": store]
        let written: ReloadGate.Readings = ["A": .found(SecretBytes(utf8: "half"), revision: "2"), "S": store]
        var gate = ReloadGate(adopted: adopted, essential: ["A", "S"], atomic: ["S"])
        #expect(gate.on(written, asked: ["A"]) == .wait)
        #expect(gate.on(written, asked: ["S"]) == .wait)
        #expect(gate.on(written, asked: ["A"]) == .resolve)
    }

    @Test("a source that held nothing may come")
    func arriving() {
        var gate = ReloadGate(adopted: Self.gone, essential: ["A"])
        #expect(gate.on(Self.gone) == .keep)
        #expect(gate.on(Self.found("a")) == .wait)
        #expect(gate.on(Self.found("a")) == .resolve)
    }

    @Test("what stands beside the key may be emptied")
    func emptied() {
        var gate = ReloadGate(adopted: Self.found("a"), essential: ["B"])
        #expect(gate.on(Self.found("")) == .wait)
        #expect(gate.on(Self.found("")) == .resolve)
    }
}

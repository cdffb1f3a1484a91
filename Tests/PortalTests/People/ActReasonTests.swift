import Testing

@testable import Portal

@Suite struct ActReasonTests {
    @Test(
        "a reason is one line of plain text", arguments: ["lost, called back", "  x  ", "Telefon verloren – Rückruf"])
    func good(text: String) { #expect(ActReason(text) != nil) }

    @Test(
        "what is none is refused",
        arguments: ["", "  ", "a\nb", "a\u{202E}b", "a\0", String(repeating: "x", count: 201)])
    func bad(text: String) { #expect(ActReason(text) == nil) }
}

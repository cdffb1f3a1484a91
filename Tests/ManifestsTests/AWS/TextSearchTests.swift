import Testing

@testable import Manifests

@Suite("words in large files")
struct TextSearchTests {
    @Test(
        "are found wherever they stand",
        arguments: [
            ("", "a", false), ("a", "a", true), ("xxa", "a", true), ("aab", "ab", true), ("aaab", "aab", true),
            ("abc", "abcd", false), ("größe ✓ runtime:", "runtime:", true), ("runtime", "runtime:", false),
        ])
    func words(text: String, word: String, expected: Bool) {
        #expect(TextSearch.contains(text, word) == expected)
        #expect(TextSearch.contains(text, "\u{1}", word) == expected)
    }
}

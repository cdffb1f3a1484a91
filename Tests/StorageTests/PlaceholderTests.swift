import Testing

@testable import Storage

@Suite("Placeholders")
struct PlaceholderTests {
    static let statements: [(String, String, Int)] = [
        ("SELECT 1", "SELECT 1", 0),
        ("a = ? AND b = ?", "a = $1 AND b = $2", 2),
        ("SELECT '?' , ?", "SELECT '?' , $1", 1),
        ("SELECT 'it''s ?', ?", "SELECT 'it''s ?', $1", 1),
        (#"SELECT E'\'?', ?"#, #"SELECT E'\'?', $1"#, 1),
        (#"SELECT e'a''\'?', ?"#, #"SELECT e'a''\'?', $1"#, 1),
        (#"SELECT name'\', ?"#, #"SELECT name'\', $1"#, 1),
        (#"SELECT '\', ?"#, #"SELECT '\', $1"#, 1),
        (#"SELECT "a?b""?", ?"#, #"SELECT "a?b""?", $1"#, 1),
        ("SELECT 1 -- why?\n, ?", "SELECT 1 -- why?\n, $1", 1),
        ("SELECT 1 /* a? /* b? */ c? */, ?", "SELECT 1 /* a? /* b? */ c? */, $1", 1),
        ("SELECT $$ ? $$, ?", "SELECT $$ ? $$, $1", 1),
        ("SELECT $tag$ ? $$ ? $tag$, ?", "SELECT $tag$ ? $$ ? $tag$, $1", 1),
        ("SELECT a$b, ?", "SELECT a$b, $1", 1),
        ("SELECT 5 - ?", "SELECT 5 - $1", 1),
        ("SELECT '日本?', ?", "SELECT '日本?', $1", 1),
        ("SELECT 'open ?", "SELECT 'open ?", 0),
        ("SELECT $x$ open ?", "SELECT $x$ open ?", 0),
        ("SELECT /* open ?", "SELECT /* open ?", 0),
    ]

    @Test("only those outside of texts, names and comments are numbered", arguments: statements)
    func numbered(_ sql: String, _ expected: String, _ count: Int) {
        let found = Placeholders.numbered(sql)
        #expect(found.sql == expected)
        #expect(found.count == count)
    }
}

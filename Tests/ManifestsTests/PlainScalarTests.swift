import Testing

@testable import Manifests

@Suite("what YAML takes a plain scalar for")
struct PlainScalarTests {
    static let kinds: [(String, ManifestScalar.Kind)] = [
        ("", .null), ("~", .null), ("null", .null), ("yes", .boolean), ("Off", .boolean), ("word", .string),
        ("2026-01-31", .date), ("2026-1-3", .date), ("2026-01-31T10:00:00Z", .date), ("2026-01-31 x", .date),
        ("2026-01-311", .string), ("202-01-31", .string), ("2026-01", .string), ("12", .number), ("-12", .number),
        ("+1", .number), ("010", .number), ("0x1F", .number), ("0b01", .number), ("0o17", .number), ("0x", .string),
        ("0xG", .string), ("1_000", .number), ("12:30", .number), ("12:60", .string), ("12:5:59", .number),
        ("12:", .string), ("1.5", .number), ("1.", .number), ("1.2.3", .string), (".5", .number), (".", .string),
        ("1e5", .number), ("1.5E-3", .number), ("1e", .string), (".inf", .number), ("-.Inf", .number),
        (".NaN", .number),
        ("inf", .string), ("8080:50", .number), ("8080:80", .string), ("512Mi", .string), ("-", .string),
        ("é", .string),
        ("1 2", .string), ("<<", .string), ("*", .string),
    ]

    @Test("by its text", arguments: kinds)
    func kind(_ example: (String, ManifestScalar.Kind)) {
        #expect(ManifestScalar(example.0, isPlain: true).kind == example.1)
        #expect(ManifestScalar(example.0, isPlain: false).kind == .string)
        #expect(ManifestScalar(example.0, isPlain: true).isNull == (example.1 == .null))
    }
}

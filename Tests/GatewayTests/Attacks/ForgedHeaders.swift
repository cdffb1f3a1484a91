/// The names that only the gateway may use towards an upstream, as somebody would write them who wants to use them too.
enum ForgedHeaders {
    static let names = [
        "X-User-Id", "X-User-Email", "X-User-Roles", "X-Customer-Id", "X-Customer-Plan", "X-Enrichment", "X-Gateway",
        "X-Gateway-Assertion", "X-Original-Authorization", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
    ]

    /// Every other byte that a field name may have where `-` stands (RFC 9110 §5.6.2).
    private static let separators = "_.~!#$%&'*+^`|"

    static let spellings = names.flatMap { name in
        [name, name.lowercased(), name.uppercased(), respelled(name.uppercased(), "_")]
            + separators.map { respelled(name, $0) }
    }

    /// Where a name has no upper case (RFC 9113 §8.2.1).
    static let lowercase = names.map { $0.lowercased() }.flatMap { name in
        [name] + separators.map { respelled(name, $0) }
    }

    private static func respelled(_ name: String, _ separator: Character) -> String {
        String(name.map { $0 == "-" ? separator : $0 })
    }

    /// A trailer in one of these spellings, which every proxy knows, has its whole message refused (RFC 9110 §6.5.1).
    static func isRefusedInTrailers(_ spelling: String) -> Bool { spelling.lowercased().hasPrefix("x-forwarded-") }

    /// So many of them that two lines of each stay within the limits of a head.
    static let batches = portions(of: spellings, size: 24)

    static func portions(of spellings: [String], size: Int) -> [[String]] {
        stride(from: 0, to: spellings.count, by: size).map {
            Array(spellings[$0..<min($0 + size, spellings.count)])
        }
    }

    static func twice(_ batch: [String]) -> [(String, String)] {
        batch.flatMap { [($0, "forged"), ($0, "forged-again")] }
    }

    static func lines(_ batch: [String]) -> [String] { twice(batch).map { "\($0): \($1)" } }
}

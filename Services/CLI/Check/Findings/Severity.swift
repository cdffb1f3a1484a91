/// How sure a finding is: what provably breaks is an error, what could is a warning, a question is a note.
package enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
    case note, warning, error

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
}

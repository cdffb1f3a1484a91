/// What every source of secrets is held to: one suite for variables, files and all stores.
///
/// The checks answer findings and know no test framework, so that each test target can run them:
/// ```swift
/// @Test("conforms", arguments: SourceCheck.all(of: [.file, .gcp]))
/// func conforms(_ one: SourceCheck.Pair) async throws { #expect(try await one.findings() == []) }
/// ```
package enum SourceCheck: String, Sendable, CaseIterable {
    case found, absent, denied, slow, unreachable, malformed, empty, trailingNewline, ring, binary, shown, pinned
    case changed, writeCreates, writeReplaces, writeStale, writeExisting, names

    /// One check of one kind of source, as a test's argument.
    package struct Pair: Sendable, CustomStringConvertible {
        package let check: SourceCheck
        package let subject: SourceUnderTest
        package var description: String { "\(subject.name): \(check.rawValue)" }

        /// What does not hold, in words; empty when all does.
        package func findings() async throws -> [String] {
            var run = SourceCheckRun(subject: subject)
            try await run.perform(check)
            return run.findings.map { "\(description): \($0)" }
        }
    }

    /// Every check that can be made, of each kind.
    package static func all(of subjects: [SourceUnderTest]) -> [Pair] {
        subjects.flatMap { subject in
            allCases.filter { $0.applies(to: subject) }.map { Pair(check: $0, subject: subject) }
        }
    }

    package func applies(to subject: SourceUnderTest) -> Bool {
        switch self {
        case .found, .absent, .trailingNewline, .ring, .shown: true
        case .empty: subject.takesEmptyValues
        case .binary: subject.takesBinaryValues
        case .denied: subject.denied != nil
        case .slow: subject.slow != nil
        case .unreachable: subject.unreachable != nil
        case .malformed: subject.malformed != nil
        case .pinned: subject.pinned != nil
        case .changed: subject.changing != nil
        case .writeCreates, .writeReplaces, .writeStale, .writeExisting: subject.writable != nil
        case .names: subject.writable != nil && subject.keepsNames
        }
    }
}

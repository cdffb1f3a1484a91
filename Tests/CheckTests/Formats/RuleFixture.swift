import Evidence
import Testing

@testable import Check

/// A repository as a team would have it, once with a fault that a rule speaks of and once without: broken, it gives the
/// findings that are listed and no others; mended, no warning and no error.
struct RuleFixture: Sendable, CustomTestStringConvertible {
    let rule: RuleID
    /// What is wrong, as a part of a sentence.
    let name: String
    let broken: [String: String]
    let mended: [String: String]
    /// `RULE file:line` of each warning and error of the broken form, in any order.
    let places: [String]

    /// What gives the broken form from the mended one.
    struct Change: Sendable {
        let file: String
        /// Nil for the whole file.
        let old: String?
        let new: String

        /// `old` must stand in the file.
        static func replace(_ old: String, in file: String, with new: String) -> Change {
            Change(file: file, old: old, new: new)
        }

        static func write(_ file: String, _ text: String) -> Change { Change(file: file, old: nil, new: text) }
    }

    init(
        _ rule: RuleID, _ name: String, broken: [String: String], mended: [String: String], finds places: [String]
    ) {
        self.rule = rule
        self.name = name
        self.broken = broken
        self.mended = mended
        self.places = places
    }

    /// A sound tree, and what breaks it. A change that changes nothing leaves the broken form sound, and so fails.
    init(_ rule: RuleID, _ name: String, in mended: [String: String], _ changes: Change..., finds places: [String]) {
        var broken = mended
        for change in changes {
            guard let old = change.old else {
                broken[change.file] = change.new
                continue
            }
            broken[change.file] = broken[change.file]?.replacing(old, with: change.new)
        }
        self.init(rule, name, broken: broken, mended: mended, finds: places)
    }

    var testDescription: String { "\(rule.rawValue), \(name)" }

    /// `RULE file:line` of each finding of a tree, by its first place.
    static func found(_ files: [String: String]) -> [String] {
        Checker(SourceTree(files)).run().findings.filter { $0.severity >= .warning }.map { finding in
            "\(finding.rule.rawValue) \(finding.locations.first?.description ?? "")"
        }
    }

    /// What was found, for whoever reads that a fixture failed.
    private static func messages(_ files: [String: String]) -> String {
        Checker(SourceTree(files)).run().findings.filter { $0.severity >= .warning }.map { finding in
            "\n    \(finding.rule.rawValue) \(finding.locations.first?.description ?? ""): \(finding.message)"
        }.joined()
    }

    func verify(_ location: SourceLocation = #_sourceLocation) {
        #expect(
            places.contains { $0.hasPrefix(rule.rawValue) }, "\(name): it is about another rule",
            sourceLocation: location)
        #expect(
            Self.found(broken).sorted() == places.sorted(), "\(name), broken\(Self.messages(broken))",
            sourceLocation: location)
        #expect(Self.found(mended) == [], "\(name), mended\(Self.messages(mended))", sourceLocation: location)
        for files in [broken, mended] {
            let unread = Checker(SourceTree(files)).run().unread.map { "\($0.position): \($0.reason)" }
            #expect(unread == [], "\(name)", sourceLocation: location)
        }
    }
}

package import HTTPKit
package import Secrets

/// Text that costs little to compare, as UAX #15 §13 defines it: at most 30 combining marks behind one character.
///
/// Swift compares and hashes strings by canonical equivalence, and Foundation normalises them, for which marks behind one
/// character are sorted, in quadratic time: 200 KB of them take ten seconds, a megabyte minutes. So texts of others are
/// looked through, which takes linear time, before anything is done with them.
package enum StreamSafeText {
    static let maximumMarks = 30

    package static func isSafe(_ text: String) -> Bool {
        var marks = 0
        for scalar in text.unicodeScalars {
            // No mark is below U+0300.
            if scalar.value < 0x300 || scalar.properties.canonicalCombiningClass == .notReordered {
                marks = 0
            } else {
                marks += 1
                if marks > maximumMarks { return false }
            }
        }
        return true
    }

    /// Throws `malformed_request` when any name or string of the document is not safe.
    package static func check(_ json: StrictJSON) throws(Refusal) {
        guard isSafe(json.root, json) else {
            throw Refusal(.malformedRequest, "A text has more combining marks behind one character than any language.")
        }
    }

    private static func isSafe(_ node: StrictJSON.Node, _ json: StrictJSON) -> Bool {
        switch json.kind(node) {
        case .string: json.string(node).map(isSafe) ?? true
        case .array: json.elements(node).allSatisfy { isSafe($0, json) }
        case .object: json.members(node).allSatisfy { isSafe($0.name, json) && isSafe($0.value, json) }
        case .number, .true, .false, .null: true
        }
    }
}

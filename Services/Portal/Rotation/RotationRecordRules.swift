import Contracts
import Fleet

/// What the keeper takes as a rotation's record: others print its texts on terminals and reckon with its numbers.
enum RotationRecordRules {
    /// Bytes of each text.
    private static let maximumText = 1024
    private static let phases: Set<String> = ["begun", "promoted", "confirmed", "finished", "rolled_back"]
    /// Seconds: far beyond every token's life and every date, and their sums are numbers still.
    private static let seconds: ClosedRange<Int64> = 0...(1 << 50)

    /// Field → what is wrong with it; empty: it may be kept.
    static func faults(in record: RotationRecord) -> [String: String] {
        var faults: [String: String] = [:]
        let texts: [(RotationRecord.CodingKeys, String)] = [
            (.id, record.id), (.store, record.store), (.fromKid, record.fromKid), (.by, record.by),
            // A replacement that has only begun has no new key.
            (.toKid, record.toKid.isEmpty ? "-" : record.toKid),
        ]
        for (field, text) in texts where !FleetText.isText(text, limit: maximumText) {
            faults[field.rawValue] = "must be 1 to \(maximumText) printable characters"
        }
        let numbers: [(RotationRecord.CodingKeys, Int64?)] = [
            (.beganAt, record.beganAt), (.promotedAt, record.promotedAt), (.confirmedAt, record.confirmedAt),
            (.endedAt, record.endedAt), (.lastSignedAt, record.lastSignedAt), (.longestToken, record.longestToken),
            (.leeway, record.leeway),
        ]
        for (field, number) in numbers where !(number.map(seconds.contains) ?? true) {
            faults[field.rawValue] = "is no number of seconds"
        }
        if !phases.contains(record.phase) { faults[RotationRecord.CodingKeys.phase.rawValue] = "is no phase" }
        return faults
    }
}

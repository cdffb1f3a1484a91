/// Decides when what was read may be judged: a pure state machine over readings.
///
/// Content counts once two reads in a row found the same, so that a file which is being written is never adopted; and
/// content that was judged bad is judged, and logged, once. What no look can tell is a raw secret that somebody left half
/// written for longer than two looks; a ring that is cut off is no JSON, and is refused.
struct ReloadGate: Sendable {
    typealias Readings = [String: SourceReading]

    enum Action: Equatable {
        /// What serves is what is there.
        case keep
        /// What is there was bad, is gone, and what serves is there again.
        case recovered
        /// Something changed: look again at the next poll.
        case wait
        /// The same twice: resolve it, then `adopt` or `reject`.
        case resolve
        /// The same, but a source that held something holds nothing now: to be rejected without resolving, since the
        /// chain would fall through to another source.
        case lost(String)
    }

    /// Ids of the sources that a key comes from. One beside them, a next or previous key, may be emptied.
    private let essential: Set<String>
    private var adopted: Readings
    private var seen: Readings?
    private var rejected: Readings?

    init(adopted: Readings, essential: Set<String>) {
        self.adopted = adopted
        self.essential = essential
    }

    mutating func on(_ readings: Readings) -> Action {
        defer { seen = readings }
        if Self.same(readings, adopted) {
            defer { rejected = nil }
            return rejected == nil ? .keep : .recovered
        }
        if let rejected, Self.same(readings, rejected) { return .keep }
        guard let seen, seen == readings else { return .wait }
        let lost = essential.sorted().first { Self.holds(adopted[$0]) && !Self.holds(readings[$0]) }
        return lost.map(Action.lost) ?? .resolve
    }

    mutating func adopt(_ readings: Readings) {
        adopted = readings
        rejected = nil
    }

    mutating func reject(_ readings: Readings) { rejected = readings }

    private static func same(_ one: Readings, _ other: Readings) -> Bool {
        one.count == other.count && one.allSatisfy { id, reading in other[id].map(reading.sameContent) ?? false }
    }

    private static func holds(_ reading: SourceReading?) -> Bool {
        switch reading {
        case .found(let bytes, _)?: !SecretValue.trimmed(bytes).isEmpty
        case .staged(let stored, _)?: !SecretValue.trimmed(stored.current).isEmpty
        default: false
        }
    }
}

/// Decides when what was read may be judged: a pure state machine over readings.
///
/// A file's content counts once two reads in a row found the same, so that a file which is being written is never
/// adopted; a store answers whole values, which count at once. Content that was judged bad is judged, and logged, once.
/// What no look can tell is a raw secret that somebody left half written for longer than two looks; a ring that is cut
/// off is no JSON, and is refused.
struct ReloadGate: Sendable {
    typealias Readings = [String: SourceReading]

    enum Action: Equatable {
        /// What serves is what is there.
        case keep
        /// What is there was bad, is gone, and what serves is there again.
        case recovered
        /// Something changed: look again at the next poll.
        case wait
        /// Settled, and other than what serves: resolve it, then `adopt` or `reject`.
        case resolve
        /// The same, but a source that held something holds nothing now: to be rejected without resolving, since the
        /// chain would fall through to another source.
        case lost(String)
    }

    /// Ids of the sources that a key comes from. One beside them, a next or previous key, may be emptied.
    private let essential: Set<String>
    /// Ids of the sources that answer whole values or none.
    private let atomic: Set<String>
    private(set) var adopted: Readings
    private var seen: Readings = [:]
    private var settled: Set<String> = []
    private var rejected: Readings?

    init(adopted: Readings, essential: Set<String>, atomic: Set<String> = []) {
        self.adopted = adopted
        self.essential = essential
        self.atomic = atomic
    }

    /// - Parameters:
    ///   - readings: the last word of every source.
    ///   - asked: the ones that were looked at now; nil: all. What was not looked at has not been seen twice.
    mutating func on(_ readings: Readings, asked: Set<String>? = nil) -> Action {
        for (id, reading) in readings where asked?.contains(id) ?? true {
            if seen[id] == reading { settled.insert(id) } else { settled.remove(id) }
            seen[id] = reading
        }
        let changed = Set(readings.keys).union(adopted.keys).filter { !Self.same(readings[$0], adopted[$0]) }
        if changed.isEmpty {
            defer { rejected = nil }
            return rejected == nil ? .keep : .recovered
        }
        if let rejected, rejected.count == readings.count, rejected.allSatisfy({ Self.same($1, readings[$0]) }) {
            return .keep
        }
        guard changed.subtracting(atomic).isSubset(of: settled) else { return .wait }
        let lost = essential.sorted().first { Self.holds(adopted[$0]) && !Self.holds(readings[$0]) }
        return lost.map(Action.lost) ?? .resolve
    }

    mutating func adopt(_ readings: Readings) {
        adopted = readings
        rejected = nil
    }

    mutating func reject(_ readings: Readings) { rejected = readings }

    private static func same(_ one: SourceReading?, _ other: SourceReading?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return one.sameContent(as: other)
    }

    static func holds(_ reading: SourceReading?) -> Bool {
        switch reading {
        case .found(let bytes, _)?: !SecretValue.trimmed(bytes).isEmpty
        case .staged(let stored, _)?: !SecretValue.trimmed(stored.current).isEmpty
        case .reference?: true
        default: false
        }
    }
}

/// How it stands with one source that is read while the service runs.
package struct SourceHealth: Sendable, Hashable {
    package struct Outage: Sendable, Hashable {
        /// `store_unreachable`, `store_denied`
        package let code: String
        /// Without a byte of a value.
        package let reason: String
        /// Seconds since the epoch.
        package let since: Int64
    }

    package let label: String
    package let isStore: Bool
    /// A store's own number of what it answered last; nil for files.
    package var revision: String?
    /// Seconds since the epoch, when what is held was last found there; nil: never yet.
    package var confirmedAt: Int64?
    /// Of a store that can't be asked now.
    package var outage: Outage?
    /// Why the last look that failed did, also when it is over.
    package var lastFailure: String?
    /// Looks that failed since the start.
    package var failures: UInt64 = 0
}

/// The last good word of every source, and how it stands with each: a pure state over readings.
///
/// A store that can't be asked has not changed: its last word stays. One that answers that nothing lies there has.
struct SourceBook: Sendable {
    enum Event: Equatable {
        case lost(String, SourceHealth.Outage)
        case regained(String, after: Int64)
    }

    private(set) var readings: [String: SourceReading]
    /// By candidate id.
    private(set) var health: [String: SourceHealth] = [:]

    /// - Parameter now: seconds since the epoch.
    init(plan: SecretPlan, readings: [String: SourceReading], now: Int64) {
        self.readings = readings
        for candidate in plan.candidates where candidate.kind != nil {
            health[candidate.id] = SourceHealth(label: candidate.label, isStore: candidate.kind == .store)
        }
        for (id, reading) in readings { _ = note(id, reading, now: now) }
        confirm(readings, as: readings, now: now)
    }

    /// - Returns: what is worth a line in the log.
    mutating func take(_ fresh: [String: SourceReading], now: Int64) -> [Event] {
        var events: [Event] = []
        for (id, reading) in fresh.sorted(by: { $0.key < $1.key }) {
            if let event = note(id, reading, now: now) { events.append(event) }
            let isOutage = health[id]?.isStore == true && Self.failure(reading) != nil
            if !isOutage || readings[id] == nil { readings[id] = reading }
        }
        return events
    }

    /// Marks the sources in which a look found what is held.
    mutating func confirm(_ fresh: [String: SourceReading], as adopted: [String: SourceReading], now: Int64) {
        for (id, reading) in fresh where Self.failure(reading) == nil {
            guard let held = adopted[id], held.sameContent(as: reading) else { continue }
            health[id]?.confirmedAt = now
        }
    }

    private mutating func note(_ id: String, _ reading: SourceReading, now: Int64) -> Event? {
        guard var entry = health[id] else { return nil }
        defer { health[id] = entry }
        guard let (code, reason) = Self.failure(reading) else {
            if case .found(_, let revision) = reading, entry.isStore { entry.revision = revision }
            if case .staged(_, let revision) = reading, entry.isStore { entry.revision = revision }
            guard let outage = entry.outage else { return nil }
            entry.outage = nil
            return .regained(id, after: max(0, now - outage.since))
        }
        entry.failures += 1
        entry.lastFailure = reason
        guard entry.isStore else { return nil }
        let isNew = entry.outage == nil
        let outage = SourceHealth.Outage(code: code, reason: reason, since: entry.outage?.since ?? now)
        entry.outage = outage
        return isNew ? .lost(id, outage) : nil
    }

    private static func failure(_ reading: SourceReading) -> (code: String, reason: String)? {
        switch reading {
        case .unavailable(let reason): ("store_unreachable", reason)
        case .denied(let reason): ("store_denied", reason)
        case .found, .staged, .absent, .reference: nil
        }
    }
}

import FoundationEssentials
import PlantKit

/// The log of what happens on the farms, which live screens follow.
enum FarmEvents {
    static let log = EventLog(table: "farm_manager_events")
    /// How long a client may have been away and still resume: a day. In seconds.
    static let lifetime: Int64 = 86_400
    /// Entries kept at most.
    static let maximum: Int64 = 100_000
}

extension FarmWork {
    /// Last in each change: the log's head is locked from here to the commit.
    func tell(_ event: FarmEvent) async throws {
        var event = event
        event.at = Timestamp(seconds: change.at)
        event.by = change.by
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try await FarmEvents.log.append(
            String(decoding: try encoder.encode(event), as: UTF8.self), now: change.now,
            expiresAt: change.now + FarmEvents.lifetime, transaction)
    }
}

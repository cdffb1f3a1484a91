/// What waits to be written: bounded, and what does not fit is counted instead.
struct AuditQueue<Record> {
    let capacity: Int
    private(set) var waiting: [Record] = []
    private(set) var dropped = 0

    init(capacity: Int) { self.capacity = capacity }

    /// False when there was no room.
    mutating func append(_ record: Record) -> Bool {
        guard waiting.count < capacity else {
            dropped += 1
            return false
        }
        waiting.append(record)
        return true
    }

    /// At most `limit` of the oldest, and how many were dropped since the last time.
    mutating func take(_ limit: Int) -> (records: [Record], dropped: Int) {
        let records = Array(waiting.prefix(limit))
        waiting.removeFirst(records.count)
        defer { dropped = 0 }
        return (records, dropped)
    }

    /// Puts back what could not be written, before the others; what no longer fits is dropped, the newest first.
    mutating func giveBack(_ records: [Record]) {
        let all = records + waiting
        waiting = Array(all.prefix(capacity))
        dropped += all.count - waiting.count
    }
}

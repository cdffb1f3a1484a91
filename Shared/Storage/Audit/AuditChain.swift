/// The walk along a log's chain: fed entry by entry in order, it collects what is wrong. Pure; its memory is bounded by
/// `faultLimit` and by the heads it is given.
struct AuditChain {
    static let faultLimit = 100

    private let logID: String
    private let anchor: AuditHead
    /// By position; of this log alone.
    private var expected: [Int64: Set<String>] = [:]
    private(set) var last: Int64
    private var hash: String
    /// Whether an entry told of the pruning that made the anchor.
    private var isVouched: Bool
    private(set) var checked: Int64 = 0
    /// Heads that lie before the anchor: what they tell of is gone.
    private(set) var outlived = 0
    private(set) var faults: [AuditFault] = []
    private(set) var hasMoreFaults = false

    init(state: AuditLog.State, expecting heads: [AuditHead]) {
        logID = state.anchor.logID
        anchor = state.anchor
        last = anchor.position
        hash = anchor.hash
        isVouched = anchor.position == 0
        let origin = AuditHash.origin(logID: logID)
        if anchor.position == 0, anchor.hash != origin {
            // Whatever stands there: a chain begins with its id.
            hash = origin
            note(.headChanged(0))
        }
        for head in Set(heads) {
            if head.logID != logID {
                note(.otherLog(head))
            } else if head.position < anchor.position {
                outlived += 1
            } else if head.position == anchor.position {
                if head.hash != hash { note(.rewritten(head)) }
            } else {
                expected[head.position, default: []].insert(head.hash)
            }
        }
    }

    mutating func take(_ row: SQLRow) {
        guard let position = try? row.integer("position") else { return note(.unreadable(after: last)) }
        guard position > last else { return note(.beforeAnchor(position)) }
        if position > last + 1 { note(.missing(first: last + 1, last: position - 1)) }
        let stored = (try? row.text("hash")) ?? ""
        let computed = AuditHash.entry(
            after: hash, logID: logID, position: position, values: AuditTable.values(of: row))
        // After a gap the hash before is not known, and the gap was told.
        if position == last + 1, stored != computed { note(.changed(position)) }
        if row["action"] == .text(AuditLog.pruneAction), case .text(let details) = row["details"],
            details.hasPrefix(AuditLog.pruneDetails(anchor.position, anchor.hash) + ",")
        {
            isVouched = true
        }
        for kept in expected.removeValue(forKey: position) ?? [] where kept != stored {
            note(.rewritten(AuditHead(logID: logID, position: position, hash: kept)))
        }
        last = position
        // What follows is held to what stands here, so that one change is told once.
        hash = stored
        checked += 1
    }

    /// After the last entry up to the head.
    mutating func end(head: AuditHead) {
        if head.position > last {
            note(.missing(first: last + 1, last: head.position))
        } else if head.position == last, head.hash != hash {
            note(.headChanged(last))
        }
        if !isVouched { note(.frontCut(anchor.position)) }
        for (position, hashes) in expected.sorted(by: { $0.key < $1.key }) {
            for kept in hashes.sorted() {
                let head = AuditHead(logID: logID, position: position, hash: kept)
                // One in a gap of the middle was told with the gap; all the same it is not there.
                note(position > last ? .tailCut(head) : .rewritten(head))
            }
        }
        expected = [:]
    }

    mutating func note(_ fault: AuditFault) {
        guard faults.count < Self.faultLimit else {
            hasMoreFaults = true
            return
        }
        faults.append(fault)
    }
}

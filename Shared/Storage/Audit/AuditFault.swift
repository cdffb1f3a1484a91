/// What is wrong with a log, and where.
package enum AuditFault: Sendable, Equatable, CustomStringConvertible {
    /// Its hash does not follow from what it says and from the hash before it.
    case changed(Int64)
    /// These and all between them are gone.
    case missing(first: Int64, last: Int64)
    /// Stands where the pruned ones had stood.
    case beforeAnchor(Int64)
    /// Stands behind the log's head: it was not appended by the log.
    case behindHead(Int64)
    /// A position that is no number; nothing behind it can be checked.
    case unreadable(after: Int64)
    /// The head row holds another hash than the last entry.
    case headChanged(Int64)
    /// There are entries, and no head row.
    case headMissing
    /// The front is gone up to here, and no pruning in the chain tells of it.
    case frontCut(Int64)
    /// A head that was kept outside lies behind the log's end: its tail was cut, or an older copy put in its place.
    case tailCut(AuditHead)
    /// A head that was kept outside has another hash: the log was written anew from somewhere before it.
    case rewritten(AuditHead)
    /// A head that was kept outside is of another log.
    case otherLog(AuditHead)

    /// Where it is; nil for the log as a whole.
    package var position: Int64? {
        switch self {
        case .changed(let position), .beforeAnchor(let position), .behindHead(let position),
            .headChanged(let position), .frontCut(let position), .unreadable(after: let position):
            position
        case .missing(let first, _): first
        case .tailCut(let head), .rewritten(let head), .otherLog(let head): head.position
        case .headMissing: nil
        }
    }

    /// A stable word for programs.
    package var code: String {
        switch self {
        case .changed: "changed"
        case .missing: "missing"
        case .beforeAnchor: "before_anchor"
        case .behindHead: "behind_head"
        case .unreadable: "unreadable"
        case .headChanged: "head_changed"
        case .headMissing: "head_missing"
        case .frontCut: "front_cut"
        case .tailCut: "tail_cut"
        case .rewritten: "rewritten"
        case .otherLog: "other_log"
        }
    }

    package var description: String {
        switch self {
        case .changed(let position):
            "entry \(position) was changed, or put into another's place"
        case .missing(let first, let last):
            first == last ? "entry \(first) is missing" : "entries \(first) to \(last) are missing"
        case .beforeAnchor(let position):
            "entry \(position) stands among those that were pruned: it was slipped in"
        case .behindHead(let position):
            "entry \(position) stands behind the head: it was slipped in, or the head was set back"
        case .unreadable(after: let position):
            "what stands behind entry \(position) has no number; nothing behind it could be checked"
        case .headChanged(let position):
            "the head row does not agree with entry \(position), the last one"
        case .headMissing:
            "the head row is missing"
        case .frontCut(let position):
            "the entries up to \(position) are gone, and no pruning in the log tells of it"
        case .tailCut(let head):
            "the log ends before the kept head \(head): its tail was cut, or an older copy put in its place"
        case .rewritten(let head):
            "the log holds another hash than the kept head \(head): it was written anew from there or before"
        case .otherLog(let head):
            "the kept head \(head) is of another log: this one was put in its place, or is not the one meant"
        }
    }
}

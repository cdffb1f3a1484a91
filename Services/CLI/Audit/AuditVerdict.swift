import Storage

/// What `lockstep audit verify` answers.
struct AuditVerdict: Encodable {
    struct Fault: Encodable {
        let code: String
        /// Of the entry; absent for the log as a whole.
        let position: Int64?
        let text: String
    }

    let table: String
    let intact: Bool
    let checked: Int64
    /// The oldest entry that is to be there; what was before it was pruned.
    let first: Int64
    let head: String?
    /// Heads that were given.
    let keptHeads: Int
    /// Of these, those that tell of entries which have been pruned.
    let outlivedHeads: Int
    let faults: [Fault]
    let hasMoreFaults: Bool

    /// - Parameter log: the id that the log must have; nil: any.
    init(_ report: AuditReport, table: String, keptHeads: Int, log: String?) {
        var faults = report.faults.map { Fault(code: $0.code, position: $0.position, text: $0.description) }
        if let log, let head = report.head, head.logID != log {
            faults.append(
                Fault(code: "other_log", position: nil, text: "the log is \(head.logID), and \(log) was asked for"))
        }
        self.table = table
        self.faults = faults
        self.keptHeads = keptHeads
        intact = faults.isEmpty
        checked = report.checked
        first = report.anchor + 1
        head = report.head.map { "\($0)" }
        outlivedHeads = report.outlived
        hasMoreFaults = report.hasMoreFaults
    }

    var lines: [String] {
        var lines = faults.map { "\(table): \($0.text)" }
        if hasMoreFaults { lines.append("\(table): and more") }
        if let head { lines.append("head \(head)") }
        if outlivedHeads > 0 {
            lines.append(
                "\(outlivedHeads) of \(keptHeads) kept heads tell of entries that were pruned; nothing can be said of them"
            )
        }
        let entries = "\(table): \(checked) entries from \(first) on"
        if !intact {
            lines.append("\(entries): broken")
        } else if keptHeads > outlivedHeads {
            lines.append("\(entries): intact, and as the kept heads tell")
        } else {
            lines.append("\(entries): intact in itself; without a kept head a log that was written anew looks the same")
        }
        return lines
    }
}

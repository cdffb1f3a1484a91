import Storage
import Synchronization

/// Tells how far a copy has come: one moving line on a terminal, else a line for each table.
final class CopyVoice: Sendable {
    private struct Told {
        var second: Int64 = -1
        var tables: Set<String> = []
    }

    private let context: CommandContext
    private let startedAt: Int64
    private let told = Mutex(Told())

    init(_ context: CommandContext) {
        self.context = context
        startedAt = context.now()
    }

    func tell(_ progress: DatabaseCopy.Progress) {
        let now = context.now()
        guard context.console.showsProgress else {
            guard progress.phase == .copying, progress.tableDone >= progress.tableTotal else { return }
            let isNew = told.withLock { $0.tables.insert(progress.table).inserted }
            if isNew { context.say("\(progress.table): \(progress.tableTotal) rows") }
            return
        }
        let isDue = told.withLock { told in
            defer { told.second = now }
            return told.second != now
        }
        if isDue { context.console.status(Self.line(progress, seconds: now - startedAt)) }
    }

    func tell(pages: Int, of all: Int) {
        let now = context.now()
        let isDue = told.withLock { told in
            defer { told.second = now }
            return told.second != now
        }
        if isDue { context.console.status("\(Self.percent(pages, all)) %, \(pages) of \(all) pages") }
    }

    func end() { context.console.status("") }

    /// - Parameter seconds: since the start; the rate counts rows of this phase alone when it is the first.
    static func line(_ progress: DatabaseCopy.Progress, seconds: Int64) -> String {
        let percent = percent(progress.done, progress.total)
        let rate =
            progress.phase == .copying && seconds > 0 ? ", \(Int64(progress.done) / seconds) rows/s" : ""
        return
            "\(progress.phase.rawValue) \(percent) %, \(progress.done) of \(progress.total) rows\(rate): \(progress.table)"
    }

    private static func percent(_ done: Int, _ total: Int) -> Int { total == 0 ? 100 : min(100, done * 100 / total) }

    /// What is there now, on stdout: a line for each table.
    func report(_ tables: [String: TableDigest], _ summary: String) {
        let width = tables.keys.map(\.count).max() ?? 0
        for (name, digest) in tables.sorted(by: { $0.key < $1.key }) {
            let space = String(repeating: " ", count: width - name.count)
            context.console.out("\(name)\(space)  \(digest.checksum.prefix(16))  \(digest.rows)")
        }
        let rows = tables.values.map(\.rows).reduce(0, +)
        context.console.out("\(summary): \(rows) rows in \(tables.count) tables, counts and checksums agree")
    }
}

import Foundation
import Synchronization

/// Counts files on a terminal's stderr while a check reads them; silent in a pipe.
final class CheckProgress: Sendable {
    private let console: Console
    private let shown = Mutex(0)

    init(_ console: Console) { self.console = console }

    /// May be called from several threads, with how many files are done.
    func show(done: Int, of total: Int) {
        guard console.showsProgress, total > 500 else { return }
        let percent = done * 100 / max(total, 1)
        let isNew = shown.withLock { last in
            defer { last = max(last, percent) }
            return percent >= last + 5
        }
        if isNew { console.status("reading \(done) of \(total) files") }
    }

    func end() { if shown.withLock({ $0 > 0 }) { console.status("") } }
}

import ArgumentParser
import Storage
import Synchronization

struct AuditVerifyCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Walk an audit log's chain; exit 0 when it is intact, 1 when not.",
        discussion: """
            Runs beside the service, page by page. Heads that were kept are read from --head and from any text in \
            --heads-file, such as the service's own log. A head of another log is a fault; where a file has those of \
            several services, --log says which is meant.

            --format json prints table, intact, checked, first, head, keptHeads, outlivedHeads, hasMoreFaults and \
            faults (code, position, text). Codes: changed, missing, before_anchor, behind_head, unreadable, \
            head_changed, head_missing, front_cut, tail_cut, rewritten, other_log.

            Exit codes: 0 intact · 1 broken · 2 the log could not be read · 66 a file of heads is missing, or \
            has none · 78 the URL is none

            Examples:
              lockstep audit verify --database sqlite:///data/plant.sqlite
              lockstep audit verify --database postgres://auditor@db/plant --password-file pw --heads-file plant.log
              journalctl -u plant | lockstep audit verify --heads-file - --format json
            """)

    @OptionGroup var audited: AuditedDatabase

    @Option(help: "A head that was kept: LOGID:POSITION:HASH. May be repeated.")
    var head: [String] = []

    @Option(help: "A file with heads somewhere in its text; - is standard input. May be repeated.")
    var headsFile: [String] = []

    @Option(help: "The log's id; heads of others are passed over.")
    var log: String?

    @OptionGroup var output: FormatOption

    func run(in context: CommandContext) async throws(CommandFailure) {
        var heads = try KeptHeads.read(heads: head, files: headsFile, in: context)
        if let log {
            let count = heads.count
            heads = heads.filter { $0.logID == log }
            guard !heads.isEmpty || count == 0 else {
                throw CommandFailure(.inputMissing, "none of the heads is of the log \(log)")
            }
        }
        let kept = heads
        let verdict = try await audited.reading(in: context) { log, database in
            let report = try await log.verify(expecting: kept, in: database) { checked, of in
                context.console.status("\(checked) of \(of) entries")
            }
            context.console.status("")
            return AuditVerdict(report, table: log.table, keptHeads: kept.count, log: self.log)
        }
        switch output.format {
        case .json: context.console.out(try JSONText.of(verdict))
        case .text: for line in verdict.lines { context.console.out(line) }
        }
        if !verdict.intact { throw .negative }
    }
}

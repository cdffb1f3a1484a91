import ArgumentParser
import Storage

struct AuditHeadCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "head", abstract: "Print an audit log's head, to be kept outside of the database.",
        discussion: """
            One line, LOGID:POSITION:HASH, for `lockstep audit verify --head`. Keep it where those who can write to \
            the database can't. Nothing is verified.

            Exit codes: 0 · 2 the log could not be read · 78 the URL is none

            Examples:
              lockstep audit head --database sqlite:///data/plant.sqlite >> /mnt/elsewhere/heads
            """)

    @OptionGroup var audited: AuditedDatabase

    func run(in context: CommandContext) async throws(CommandFailure) {
        let head = try await audited.reading(in: context) { log, database in
            try await database.read { try await log.head($0) }
        }
        context.console.out("\(head)")
    }
}

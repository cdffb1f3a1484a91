import ArgumentParser

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove that an audit log is whole, and take out its head or its entries.",
        discussion: """
            A service's audit log is chained: each entry's hash follows from all before it. What somebody changed or \
            removed in the database shows by that; that he wrote the whole log anew, or cut its tail, shows only by a \
            head (LOGID:POSITION:HASH) that was kept outside of the database. The services write theirs to their own \
            log, so keep those logs elsewhere.
            """,
        subcommands: [AuditVerifyCommand.self, AuditHeadCommand.self, AuditExportCommand.self])
}

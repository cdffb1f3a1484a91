import ArgumentParser
import Storage

struct DatabaseUpdatesRoleCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "updates-role",
        abstract: "Print the SQL that makes PostgreSQL's login for DB updates of the plant.",
        discussion: """
            The login may read and write the plant's tables and those of its modules, and nothing else: not the audit \
            log, not permissions, not migrations, no schema, no file, no other role. Which tables there are is asked of \
            the plant's executable, found beside lockstep or on PATH; no database is touched. Run the statements as the \
            database's owner, once the plant has made its tables, then set a password in psql with \\password ROLE, which \
            does not show it, and give the plant DB_UPDATES_DATABASE_URL and DB_UPDATES_DATABASE_PASSWORD.

            After an upgrade that brings new tables the GRANT of --grants-only lets the role reach those too.

            Examples:
              lockstep db updates-role --role lockstep_db_updates | psql --single-transaction postgres://owner@db/plant
              lockstep db updates-role --role lockstep_db_updates --grants-only
            """)

    @Option(help: "The login's name.")
    var role: String

    @Option(help: "The schema in which the plant's tables are.")
    var schema = "public"

    @Flag(help: "For a role that is there: only what it may reach.")
    var grantsOnly = false

    func run(in context: CommandContext) async throws(CommandFailure) {
        for (option, name) in [("--role", role), ("--schema", schema)] where !(1...63).contains(name.utf8.count) {
            throw CommandFailure(.usage, "\(option): a name has 1 to 63 bytes")
        }
        let plant = try ServiceMigrations(.plant, in: context)
        guard let protected = try await plant.document().protectedTables else {
            throw CommandFailure(.unavailable, "\(plant.executable) names no protected tables; is it of this version?")
        }
        let tables = try await plant.freshRows().keys.filter { !protected.contains($0) }
        let statements = RestrictedSQL.roleStatements(role: role, tables: Array(tables), schema: schema)
        for statement in statements where !grantsOnly || !statement.hasPrefix("CREATE ROLE") {
            context.console.out("\(statement);")
        }
    }
}

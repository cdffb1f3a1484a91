import ArgumentParser
import Storage

struct DatabaseStatusCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Which migrations are applied, what the tables hold, and which database it is.",
        discussion: """
            With --service it is compared with what that service's executable knows: exit 1 when a migration is \
            missing, was changed, or is not known. Nothing is written.

            --format json prints an object with database, kind, version, size_bytes, up_to_date (null without \
            --service), migrations (namespace, id, state: applied, missing, changed, unknown) and tables (name, rows).

            Examples:
              lockstep db status --database sqlite:///var/lib/lockstep/plant.sqlite --service plant
              lockstep db status --database postgres://lockstep@db/portal --password-file /run/secrets/db --format json
            """)

    @Option(help: "The database's URL.")
    var database: String

    @Option(help: "The file that holds the server's password.")
    var passwordFile: String?

    @Option(help: "Compare with this service's migrations: portal or plant.")
    var service: DatabaseOwner?

    @OptionGroup var output: FormatOption

    func run(in context: CommandContext) async throws(CommandFailure) {
        let named = try NamedDatabase(
            url: database, option: "--database", passwordFile: passwordFile, in: context)
        var known: MigrationDocument?
        if let service { known = try await ServiceMigrations(service, in: context).document() }
        let facts = try await DatabaseWork.run(named.name) {
            let database = try named.openForReading(in: context)
            return try await DatabaseWork.closing(database) { try await DatabaseFacts(of: database) }
        }
        let report = DatabaseStatusReport(named.name, facts, known: known)
        switch output.format {
        case .json: context.console.out(try JSONText.of(report))
        case .text: for line in report.lines { context.console.out(line) }
        }
        if report.upToDate == false { throw .negative }
    }
}

struct DatabaseStatusReport: Encodable, Sendable {
    struct Migration: Encodable, Sendable { let namespace, id, state: String }
    struct Table: Encodable, Sendable {
        let name: String
        let rows: Int
    }

    let database: String
    let kind: String
    let version: String
    let sizeBytes: Int64
    /// Nil: compared with nothing.
    let upToDate: Bool?
    let migrations: [Migration]
    let tables: [Table]

    enum CodingKeys: String, CodingKey {
        case database, kind, version, sizeBytes = "size_bytes", upToDate = "up_to_date", migrations, tables
    }

    init(_ name: String, _ facts: DatabaseFacts, known: MigrationDocument?) {
        let standing = MigrationStanding(applied: facts.applied, known: known)
        database = name
        kind = facts.kind.rawValue
        version = facts.version
        sizeBytes = facts.size
        upToDate = known == nil ? nil : standing.isUpToDate
        migrations = standing.entries.map { .init(namespace: $0.namespace, id: $0.id, state: $0.state.rawValue) }
        tables = facts.tables.map { .init(name: $0.name, rows: $0.rows) }
    }

    /// `up_to_date` is there when it is null too.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(database, forKey: .database)
        try container.encode(kind, forKey: .kind)
        try container.encode(version, forKey: .version)
        try container.encode(sizeBytes, forKey: .sizeBytes)
        try container.encode(upToDate, forKey: .upToDate)
        try container.encode(migrations, forKey: .migrations)
        try container.encode(tables, forKey: .tables)
    }

    var lines: [String] {
        var lines = ["\(database)", "\(kind) \(version), \(Self.size(sizeBytes))"]
        let states = Dictionary(grouping: migrations, by: \.state).mapValues(\.count)
        let counts = ["applied", "missing", "changed", "unknown"].compactMap { state in
            states[state].map { "\($0) \(state)" }
        }
        lines.append("migrations: \(counts.isEmpty ? "none" : counts.joined(separator: ", "))")
        let width = migrations.map(\.namespace.count).max() ?? 0
        for migration in migrations {
            let space = String(repeating: " ", count: width - migration.namespace.count)
            lines.append("  \(migration.namespace)\(space)  \(migration.id)  \(migration.state)")
        }
        lines.append("tables: \(tables.count), \(tables.map(\.rows).reduce(0, +)) rows")
        let widest = tables.map(\.name.count).max() ?? 0
        for table in tables {
            lines.append("  \(table.name)\(String(repeating: " ", count: widest - table.name.count))  \(table.rows)")
        }
        return lines
    }

    static func size(_ bytes: Int64) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1024, unit + 1 < units.count { (value, unit) = (value / 1024, unit + 1) }
        return unit == 0 ? "\(bytes) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}

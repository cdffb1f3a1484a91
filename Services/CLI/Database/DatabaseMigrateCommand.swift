import ArgumentParser

struct DatabaseMigrateCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring a database up to date with a service's migrations.",
        discussion: """
            Runs `portal migrate` or `plant migrate`, found beside lockstep or on PATH. A service does the same when \
            it starts; this is for whoever wants it done before. Two at once take turns.

            Example:
              lockstep db migrate --service plant --database sqlite:///var/lib/lockstep/plant.sqlite
            """)

    @Option(help: "Whose tables: portal or plant.")
    var service: DatabaseOwner

    @Option(help: "The database's URL.")
    var database: String

    @Option(help: "The file that holds the server's password.")
    var passwordFile: String?

    func run(in context: CommandContext) async throws(CommandFailure) {
        let named = try NamedDatabase(
            url: database, option: "--database", passwordFile: passwordFile, in: context)
        for line in try await ServiceMigrations(service, in: context).migrate(named) { context.console.out(line) }
    }
}

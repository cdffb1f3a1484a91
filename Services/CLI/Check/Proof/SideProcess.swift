import Evidence

/// Processes of a program that do something beside answering requests: its migrations, its queue, its tests. They run the
/// same image, and with tokens they have to do only where they are given a key.
enum SideProcess {
    /// Words of a command that start such a process.
    private static let commands: Set<String> = [
        "migrate", "migration", "migrations", "makemigrations", "alembic", "flyway", "liquibase", "goose", "dbmate",
        "knex", "prisma", "typeorm", "sequelize", "drizzle-kit", "db:migrate", "db:seed", "db:prepare", "seed", "seeds",
        "collectstatic", "createsuperuser", "loaddata", "dumpdata", "celery", "rq", "rqworker", "dramatiq", "huey",
        "arq", "sidekiq", "resque", "queue:work", "schedule:work", "schedule:run", "horizon", "beat", "flower",
        "pg_dump", "pg_restore", "backup", "pytest", "jest", "vitest", "rspec", "phpunit",
    ]

    /// Words that start a server: beside them the others are only what goes before.
    private static let servers: Set<String> = [
        "uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "waitress-serve", "flask", "runserver", "fastapi",
        "node", "nodemon", "serve", "start", "start:prod", "start:dev", "dev", "puma", "unicorn", "php-fpm", "apache2",
        "java", "dotnet", "server",
    ]

    /// What a service is called that does nothing else.
    private static let names: Set<String> = [
        "migrate", "migration", "migrations", "migrator", "seed", "seeder", "seeds",
    ]

    static func isOne(_ workload: Workload) -> Bool {
        let name = workload.name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        if name.contains(where: names.contains) { return true }
        let words = Set(
            workload.command.prefix(64).flatMap { word in
                word.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" && $0 != ":" }
                    .map(String.init)
            })
        return !words.isDisjoint(with: commands) && words.isDisjoint(with: servers)
    }
}

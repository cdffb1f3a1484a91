import Foundation

/// The PostgreSQL server that tests may use, named by `LOCKSTEP_TEST_POSTGRES_URL` (`scripts/postgres-for-tests`).
package enum TestedPostgreSQL {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    /// Of a superuser's maintenance database.
    package static let url = ProcessInfo.processInfo.environment["LOCKSTEP_TEST_POSTGRES_URL"]

    /// The authority that signed the server's certificate; PEM file.
    package static let authority = ProcessInfo.processInfo.environment["LOCKSTEP_TEST_POSTGRES_CA"]

    package static var isNamed: Bool { url != nil }

    /// Whether the services' own suites run on it.
    package static var isChosen: Bool { ProcessInfo.processInfo.environment["LOCKSTEP_TEST_DATABASE"] == "postgresql" }

    /// Makes an empty database, runs the body with its URL, and drops it, whoever is still connected.
    package static func withDatabase<T>(_ body: (_ url: String) async throws -> T) async throws -> T {
        guard let url else { throw Failed(description: "LOCKSTEP_TEST_POSTGRES_URL is not set") }
        return try await withDatabase(at: url, body)
    }

    package static func withDatabase<T>(at url: String, _ body: (_ url: String) async throws -> T) async throws -> T {
        let name = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try await run("CREATE DATABASE \(name)", at: url)
        let outcome: Result<T, any Error>
        do { outcome = .success(try await body(named(name, url))) } catch { outcome = .failure(error) }
        _ = try? await run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", at: url)
        return try outcome.get()
    }

    /// An empty database that stays until the server goes, where `LOCKSTEP_TEST_DATABASE=postgresql` asks for the
    /// services' own suites on PostgreSQL; nil where they run on SQLite.
    package static func emptyDatabase() async throws -> String? {
        guard isChosen else { return nil }
        guard let url else { throw Failed(description: "LOCKSTEP_TEST_POSTGRES_URL is not set") }
        let name = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try await run("CREATE DATABASE \(name)", at: url)
        return named(name, url) + "?pool_size=2"
    }

    /// The same server's URL for another database.
    package static func named(_ database: String, _ url: String) -> String {
        guard let slash = url.lastIndex(of: "/") else { return url }
        return url[...slash] + database
    }

    /// Runs SQL through the server's own client, beside what is tested.
    @discardableResult
    package static func run(_ sql: String, at url: String) async throws -> String {
        try await command(
            "psql", ["--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "-c", sql, url])
    }

    /// Runs a program to its end, off the threads of Swift concurrency; answers what it printed.
    static func command(_ program: String, _ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try finished(program, arguments) })
            }
        }
    }

    private static func finished(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.start()
        // The server that pg_ctl starts inherits nothing of these: it logs to a file.
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let reason = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(description: "\(program) ended with \(process.terminationStatus): \(reason)")
        }
        return text
    }
}

/// A server of a test's own, to be halted and resumed without harm to others.
package struct OwnPostgreSQL: Sendable {
    package let url: String
    private let folder: String
    private let script: String

    package static func withServer<T>(_ body: (OwnPostgreSQL) async throws -> T) async throws -> T {
        // Shared/TestSupport/TestedPostgreSQL.swift → the package's root
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let script = root.appending(path: "scripts/postgres-for-tests").path
        let answer = try await TestedPostgreSQL.command(script, ["start"])
        var values: [String: String] = [:]
        for line in answer.split(separator: "\n") where line.hasPrefix("export ") {
            let halves = line.dropFirst(7).split(separator: "=", maxSplits: 1)
            if halves.count == 2 { values[String(halves[0])] = halves[1].trimmingCharacters(in: ["'"]) }
        }
        guard let url = values["LOCKSTEP_TEST_POSTGRES_URL"], let folder = values["LOCKSTEP_TEST_POSTGRES_DIR"] else {
            throw TestedPostgreSQL.Failed(description: "the script named no server")
        }
        let server = OwnPostgreSQL(url: url, folder: folder, script: script)
        let outcome: Result<T, any Error>
        do { outcome = .success(try await body(server)) } catch { outcome = .failure(error) }
        _ = try? await TestedPostgreSQL.command(script, ["stop", folder])
        return try outcome.get()
    }

    /// At once, as a crash would.
    package func halt() async throws { _ = try await TestedPostgreSQL.command(script, ["halt", folder]) }

    /// `kill -9` of the server and of all its processes.
    package func crash() async throws { _ = try await TestedPostgreSQL.command(script, ["crash", folder]) }

    /// On the same port, with the same data.
    package func resume() async throws { _ = try await TestedPostgreSQL.command(script, ["resume", folder]) }
}

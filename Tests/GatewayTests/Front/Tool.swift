import Glibc

/// A program of this machine. Foundation's `Process` can't start one while as many descriptors are open as the suites of
/// this target have open together.
final class Tool: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let pid: pid_t

    private init(pid: pid_t) { self.pid = pid }

    static func path(_ name: String) -> String? {
        if name.hasPrefix("/") { return access(name, X_OK) == 0 ? name : nil }
        return ["/usr/bin", "/usr/sbin", "/usr/local/bin"].map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs it to its end.
    /// - Returns: its standard output.
    @discardableResult
    static func run(_ name: String, _ arguments: [String]) async throws -> String {
        let folder = try TemporaryFolder()
        let tool = try start(name, arguments, output: folder.path("out"), errors: folder.path("err"))
        let status = try await tool.wait()
        guard status == 0 else {
            throw Failure(description: "\(name) \(arguments): \(status) \(try folder.read("err"))")
        }
        return try folder.read("out")
    }

    /// - Parameters:
    ///   - home: where it may keep what it keeps.
    ///   - variables: of its environment, beside the two that every program gets.
    static func start(
        _ name: String, _ arguments: [String], output: String = "/dev/null", errors: String = "/dev/null",
        home: String = "/nonexistent", variables given: [String: String] = [:]
    ) throws -> Tool {
        guard let path = path(name) else { throw Failure(description: "\(name) is not installed") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT, 0o600)
        // What this process ignores or blocks, the program would too, and so could not be stopped.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGTERM)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = [
            strdup("PATH=/usr/bin:/usr/sbin:/bin"), strdup("HOME=\(home)"),
        ]
        variables += given.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var pid = pid_t()
        guard posix_spawn(&pid, path, &actions, &attributes, &words, &variables) == 0 else {
            throw Failure(description: "\(name) does not start")
        }
        return Tool(pid: pid)
    }

    /// - Returns: its exit status, or 128 and the signal that ended it.
    func wait() async throws -> Int32 {
        var status: Int32 = 0
        while true {
            let answer = waitpid(pid, &status, WNOHANG)
            if answer == pid { return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F }
            guard answer == 0 || errno == EINTR else { throw Failure(description: "no such process") }
            // A process of another program has no other way to tell.
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func stop() async throws {
        kill(pid, SIGTERM)
        _ = try await wait()
    }

    /// Waits for another program to be ready.
    static func until(_ condition: () async -> Bool) async throws {
        for _ in 0..<2000 {
            if await condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Failure(description: "it does not come up")
    }
}

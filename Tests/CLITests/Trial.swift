import Foundation
import Secrets
import Synchronization

@testable import CLI

/// One command run in this process, in a folder of its own, with everything it said.
final class Trial: Sendable {
    struct Answer: Equatable {
        let status: Int32
        let out: [String]
        let err: [String]
        var text: String { (out + err).joined(separator: "\n") }

        /// The one line that a command answered.
        static func only(_ answer: Answer) -> String { answer.out.first ?? "" }
    }

    let folder: String
    let variables: [String: String]
    private let captured = Mutex<(out: [String], err: [String])>(([], []))

    init(_ variables: [String: String] = [:], files: [String: String] = [:]) throws {
        folder = try TemporaryFolder.make()
        self.variables = variables
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ text: String, to name: String) throws {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    func read(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(folder)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    /// - Parameters:
    ///   - now: seconds since the epoch.
    ///   - typed: at the terminal, unseen; nil: there is no terminal.
    func context(
        input: String = "", now: Int64 = 1_800_000_000, stores: SecretStores = .fileOnly, typed: String? = nil
    ) -> CommandContext {
        CommandContext(
            console: Console(
                out: { line in self.captured.withLock { $0.out.append(line) } },
                err: { line in self.captured.withLock { $0.err.append(line) } },
                input: { Array(input.utf8) }, hidden: { _ in typed.map { Array($0.utf8) } }),
            variables: variables, directory: folder, now: { now },
            // Strong enough for the estimate, and the same in each run.
            randomBytes: { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 * 151 + 67) } },
            stores: { _, _ in stores })
    }

    func run(_ arguments: String..., input: String = "", now: Int64 = 1_800_000_000) async -> Answer {
        await run(arguments, input: input, now: now)
    }

    func run(
        _ arguments: [String], input: String = "", now: Int64 = 1_800_000_000, stores: SecretStores = .fileOnly,
        typed: String? = nil
    ) async -> Answer {
        captured.withLock { $0 = ([], []) }
        let status = await Lockstep.run(arguments, in: context(input: input, now: now, stores: stores, typed: typed))
        let said = captured.withLock { $0 }
        return Answer(status: status, out: said.out, err: said.err)
    }
}

enum TemporaryFolder {
    static func make() throws -> String {
        let path =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/lockstep-cli-"
            + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

enum Executable {
    struct NotMade: Error { let path: String }

    /// A file that can be run.
    ///
    /// Another process writes it: while this one has it open for writing, what other tests launch in that moment has it open
    /// too until it is a program of its own, and the file can't be run as long ("text file busy").
    static func make(_ path: String, _ text: String = "#!/bin/sh\n") throws {
        let source = path + ".source"
        try Data(text.utf8).write(to: URL(fileURLWithPath: source))
        defer { try? FileManager.default.removeItem(atPath: source) }
        let words: [String] = ["install", "-m", "755", source, path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var id: pid_t = 0
        var status: Int32 = 0
        guard posix_spawn(&id, "/usr/bin/install", nil, nil, &arguments, environ) == 0, waitpid(id, &status, 0) == id,
            status == 0
        else { throw NotMade(path: path) }
    }
}

enum Samples {
    /// 48 random bytes as base64url; signs nothing but tests.
    static let secret = "q3mZ8xW1vT6yB0nK5rJ2hG9fD4sA7pLcUeIoQwXzRtYbNmVkHjGfSdPaZxCvBnMl"
    static let other = "Lp0oKm9iJn8uHb7yGv6tFc5rDx4eSz3wAq2QaWsEdRfTgYhUjIkOlPzXcVbNmQwE"
}

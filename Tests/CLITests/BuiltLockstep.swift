import Foundation
import TestSupport

/// The executable that was built along with these tests.
enum BuiltLockstep {
    struct Answer {
        let status: Int32
        let out: String
        let err: String
    }

    /// Beside the test bundle.
    static let path: String = {
        let arguments = CommandLine.arguments
        let bundle = arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] }
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let candidates = [bundle, own, arguments[0]].compactMap(\.self).map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().path + "/lockstep"
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? candidates[0]
    }()

    static func run(
        _ arguments: [String], environment: [String: String] = [:], folder: String, input: String = ""
    ) throws -> Answer {
        try run(path, arguments, environment: environment, folder: folder, input: input)
    }

    static func run(
        _ program: String, _ arguments: [String], environment: [String: String], folder: String, input: String = ""
    ) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        // Files, so that no pipe can fill up.
        let names = ["in", "out", "err"].map { "\(folder)/.\($0)-\(UUID().uuidString)" }
        defer { for name in names { try? FileManager.default.removeItem(atPath: name) } }
        for name in names { try Data((name == names[0] ? input : "").utf8).write(to: URL(fileURLWithPath: name)) }
        process.standardInput = FileHandle(forReadingAtPath: names[0])
        process.standardOutput = FileHandle(forWritingAtPath: names[1])
        process.standardError = FileHandle(forWritingAtPath: names[2])
        try process.start()
        process.waitUntilExit()
        func text(_ name: String) -> String {
            String(decoding: FileManager.default.contents(atPath: name) ?? Data(), as: UTF8.self)
        }
        return Answer(status: process.terminationStatus, out: text(names[1]), err: text(names[2]))
    }
}

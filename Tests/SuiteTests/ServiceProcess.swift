import Foundation
import TestSupport
import Testing

/// One of the suite's executables as a real process, its output kept in a file.
final class ServiceProcess: @unchecked Sendable {
    let name: String
    let port: Int
    let logFile: URL
    // Set once in `init`; `Process` itself is thread-safe for the calls made here.
    private let process: Process

    var baseURL: String { "http://127.0.0.1:\(port)" }
    var isRunning: Bool { process.isRunning }
    var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

    /// Whether the log comes to hold it. A service may answer before it has written what it did.
    func logs(_ words: String) async -> Bool { await poll(seconds: 30) { log.contains(words) } }

    /// Where the build puts the executables: beside the test bundle that runs this.
    static let binaries = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// The environment holds what is given and what a process needs to run; nothing leaks in from the test run.
    /// - Parameter executable: a name beside the test bundle, or an absolute path.
    init(
        _ executable: String, arguments: [String] = [], name: String, port: Int, environment: [String: String],
        folder: URL
    ) throws {
        self.name = name
        self.port = port
        logFile = folder.appendingPathComponent("\(name)-\(UUID().uuidString.prefix(8)).log")
        try Data().write(to: logFile)
        let output = try FileHandle(forWritingTo: logFile)
        process = Process()
        process.executableURL =
            executable.hasPrefix("/")
            ? URL(fileURLWithPath: executable) : Self.binaries.appendingPathComponent(executable)
        process.arguments = arguments
        process.environment = environment.merging(
            [
                "HOST": "127.0.0.1", "PORT": "\(port)", "LOG_FORMAT": "json",
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
            ], uniquingKeysWith: { given, _ in given })
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.start()
        try output.close()
    }

    /// SIGTERM, and no waiting.
    func terminate() { process.terminate() }

    /// SIGTERM, then SIGKILL where that was not enough.
    func stop() async {
        guard process.isRunning else { return }
        process.terminate()
        if await !poll(seconds: 20, until: { !self.process.isRunning }) { kill() }
    }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The exit code of a process that is expected to end by itself.
    func exitCode(within seconds: Int = 60) async throws -> Int32 {
        try #require(
            await poll(seconds: seconds, until: { !self.process.isRunning }),
            "\(name) still runs; its log:\n\(log)")
        return process.terminationStatus
    }

    func waitForHealth() async throws {
        try await waitFor("/health", status: 200)
    }

    func waitUntilReady() async throws {
        try await waitFor("/ready", status: 200)
    }

    private func waitFor(_ path: String, status: Int) async throws {
        var last: HTTP.Reply?
        let answered = await poll(seconds: 60) {
            guard self.process.isRunning else { return true }
            last = try? await HTTP.get(self.baseURL + path)
            return last?.status == status
        }
        try #require(
            answered && process.isRunning,
            "\(name) never answered \(status) on \(path), but \(last?.text ?? "nothing"); its log:\n\(log)")
    }
}

/// Asks again until the answer is yes or the deadline has passed; the deadline only bounds a failure.
func poll(seconds: Int, until condition: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return await condition()
}

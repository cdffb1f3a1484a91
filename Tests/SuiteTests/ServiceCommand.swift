import Foundation
import TestSupport

/// One of the executables run to its end with arguments: what it says, and its exit code.
struct ServiceCommand {
    let exitCode: Int32
    let output: String

    /// - Parameters:
    ///   - environment: all that it gets beside `PATH` and the library path.
    ///   - withErrors: whether `output` holds stderr too.
    static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], withErrors: Bool = true
    ) throws -> ServiceCommand {
        let process = Process()
        process.executableURL = ServiceProcess.binaries.appendingPathComponent(executable)
        process.arguments = arguments
        let own = ProcessInfo.processInfo.environment
        process.environment = environment.merging(
            ["PATH": own["PATH"] ?? "/usr/bin:/bin", "LD_LIBRARY_PATH": own["LD_LIBRARY_PATH"] ?? ""],
            uniquingKeysWith: { given, _ in given })
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = withErrors ? pipe : FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.start()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return ServiceCommand(exitCode: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}

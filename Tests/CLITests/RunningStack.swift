import Dispatch
import Foundation
import Synchronization
import TestSupport

/// `lockstep up`, as a process of its own, over shell scripts as executables. Tests wait for lines, never for time.
final class RunningStack: Sendable {
    let folder: String
    private let process: Process
    private let lines: AsyncStream<String>
    private let seen = Mutex<[String]>([])

    /// - Parameter scripts: name to body; each may call `ready`, and answers its healthcheck once it has.
    init(
        compose: String, scripts: [String: String], files: [String: String] = [:],
        prepare: (_ folder: String) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder.make()
        let head = """
            #!/bin/sh
            if [ "$1" = healthcheck ]; then test -e "$0.ready"; exit; fi
            ready() { : > "$0.ready"; }

            """
        for (name, body) in scripts {
            try Executable.make("\(folder)/\(name)", head + body)
        }
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
        try Data(compose.utf8).write(to: URL(fileURLWithPath: "\(folder)/c.yml"))
        prepare(folder)
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: BuiltLockstep.path)
        process.arguments = ["up", "-f", "c.yml"]
        process.environment = ["PATH": "/usr/bin:/bin", "SHELL_ONLY": "leaked"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let (lines, send) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        try process.start()
        let descriptor = output.fileHandleForReading
        Thread.detachNewThread {
            var rest = Data()
            while true {
                let chunk = descriptor.availableData
                if chunk.isEmpty { break }
                rest.append(chunk)
                while let end = rest.firstIndex(of: 0x0A) {
                    send.yield(String(decoding: rest[..<end], as: UTF8.self))
                    rest = rest[rest.index(after: end)...]
                }
            }
            send.finish()
        }
    }

    /// Ends it whatever it does; lockstep's guard ends its services.
    func abandon() { if process.isRunning { send(SIGKILL) } }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Everything said up to and with the first line that contains `text`; to the end for nil.
    @discardableResult
    func output(until text: String?) async -> [String] {
        for await line in lines {
            seen.withLock { $0.append(line) }
            if let text, line.contains(text) { break }
        }
        return seen.withLock { $0 }
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// The exit code.
    func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.process.waitUntilExit()
                continuation.resume(returning: self.process.terminationStatus)
            }
        }
    }

    func read(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data(), as: UTF8.self)
    }
}

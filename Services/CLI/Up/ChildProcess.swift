import Dispatch
import Foundation
import Subprocess
import SystemPackage

/// One process of the stack: started in a process group of its own, its output read to the end.
struct ChildProcess: Sendable {
    let service: PlannedService
    /// How many of its last lines are told when it dies.
    static let tail = 10

    /// Returns when it has ended.
    /// - Parameters:
    ///   - onStart: gets the id of its process group.
    ///   - onEnd: is called before that id may come to mean something else.
    ///   - onLine: its output and its errors, in order.
    func run(
        onStart: @Sendable @escaping (pid_t) -> Void, onEnd: @Sendable @escaping (pid_t) -> Void,
        onLine: @Sendable @escaping (String) async -> Void
    ) async -> ChildExit {
        do {
            let result = try await Subprocess.run(
                Self.configuration(of: service, arguments: service.arguments), input: .none, output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                let id = execution.processIdentifier.value
                onStart(id)
                // The process is reaped after this body: until then the id, and the group's, is its own.
                defer { onEnd(id) }
                var last: [String] = []
                func tell(_ line: String) async {
                    last.append(line)
                    if last.count > Self.tail { last.removeFirst() }
                    await onLine(line)
                }
                var splitter = LineSplitter()
                for try await buffer in execution.standardOutput {
                    for line in splitter.feed(buffer.withUnsafeBytes { Array($0) }) { await tell(line) }
                }
                if let line = splitter.finish() { await tell(line) }
                // Output may end before the process does.
                await Self.waitForEnd(of: id)
                // As with a container: what the process started ends with it.
                kill(-id, SIGKILL)
                return last
            }
            switch result.terminationStatus {
            case .exited(let code): return .code(code, lastLines: result.closureResult)
            case .signaled(let number): return .signal(number, lastLines: result.closureResult)
            }
        } catch {
            return .notStarted(String(describing: error))
        }
    }

    /// The executable's own `healthcheck`, with the service's environment; ended when it takes longer than `timeout`.
    func isHealthy(timeout: Duration) async -> (healthy: Bool, detail: String) {
        await withTaskGroup(of: (Bool, String)?.self) { group in
            group.addTask {
                let result = try? await Subprocess.run(
                    Self.configuration(of: service, arguments: ["healthcheck"]), input: .none,
                    output: .string(limit: 4096), error: .combinedWithOutput)
                guard let result else { return Task.isCancelled ? nil : (false, "healthcheck can't be run") }
                let line = result.standardOutput.split(separator: "\n").last.map(String.init)
                return (result.terminationStatus.isSuccess, line ?? "")
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return (false, "healthcheck did not answer within \(timeout)")
            }
            defer { group.cancelAll() }
            return await group.next().flatMap(\.self) ?? (false, "")
        }
    }

    /// Without `createSession`: the group is enough to end it with all that it started, and a stop of the terminal
    /// (Ctrl-C goes to the foreground group alone) comes through lockstep, in order.
    private static func configuration(of service: PlannedService, arguments: [String]) -> Subprocess.Configuration {
        var options = PlatformOptions()
        options.processGroupID = 0
        var environment: [Environment.Key: String] = [:]
        for (name, value) in service.environment { environment[.init(stringLiteral: name)] = value }
        return Subprocess.Configuration(
            executable: .path(FilePath(service.executable)), arguments: Arguments(arguments),
            environment: .custom(environment), workingDirectory: FilePath(service.workingDirectory),
            platformOptions: options)
    }

    private static func waitForEnd(of id: pid_t) async {
        let queue = DispatchQueue(label: "lockstep.wait")
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.async {
                var information = siginfo_t()
                // WNOWAIT: it is seen to have ended, and left to be reaped by the one that started it.
                while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
                continuation.resume()
            }
        }
    }
}

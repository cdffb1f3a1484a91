import Foundation
import Subprocess
import SystemPackage

/// A second process that ends what is left when lockstep itself is killed (`kill -9`, out of memory), which no signal
/// handler sees. It is told of every process group through a pipe; the pipe's end tells it that lockstep is gone.
struct StackGuard: Sendable {
    static let argument = "guard-processes"

    private let news: AsyncStream<String>
    private let send: AsyncStream<String>.Continuation
    /// This executable.
    let executable: String

    init(executable: String) {
        self.executable = executable
        (news, send) = AsyncStream.makeStream(of: String.self)
    }

    func watch(_ group: pid_t, grace: Duration) { send.yield("+\(group) \(grace.components.seconds)\n") }

    func forget(_ group: pid_t) { send.yield("-\(group)\n") }

    func finish() { send.finish() }

    /// Returns when `finish` was called, or when there is no guard to be had: the stack runs without one.
    func run() async {
        var options = PlatformOptions()
        // Out of reach of the terminal's signals.
        options.createSession = true
        _ = try? await Subprocess.run(
            .path(FilePath(executable)), arguments: [Self.argument],
            environment: .custom([:] as [Environment.Key: String]),
            platformOptions: options, input: .inputWriter, output: .discarded, error: .discarded
        ) { execution in
            for await line in news { _ = try await execution.standardInputWriter.write(line) }
            try await execution.standardInputWriter.finish()
        }
    }
}

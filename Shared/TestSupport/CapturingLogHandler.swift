package import Logging
import Synchronization

/// Keeps every log line that a test's logger was given.
package final class CapturedLog: Sendable {
    package struct Line: Sendable, Equatable {
        package let level: Logger.Level
        package let message: String
        package let metadata: [String: String]
    }

    private let kept = Mutex<[Line]>([])

    package init() {}

    package var lines: [Line] { kept.withLock { $0 } }
    package var messages: [String] { lines.map(\.message) }
    /// Everything at once, metadata too: for asserting what is nowhere in a log.
    package var text: String { lines.map { "\($0.level) \($0.message) \($0.metadata)" }.joined(separator: "\n") }

    package func contains(_ message: String) -> Bool { messages.contains(message) }
    package func removeAll() { kept.withLock { $0.removeAll() } }

    /// A logger of level `trace` that writes here.
    package var logger: Logger { Logger(label: "test") { _ in CapturingLogHandler(log: self) } }

    /// The lines with that message once there are so many: what is logged behind an answer comes after it. The deadline
    /// only bounds a failure.
    package func lines(of message: String, count: Int) async -> [Line] {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let found = lines.filter { $0.message == message }
            if found.count >= count || ContinuousClock.now > deadline { return found }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    fileprivate func append(_ line: Line) { kept.withLock { $0.append(line) } }
}

/// Writes into a `CapturedLog`.
package struct CapturingLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level = .trace
    private let captured: CapturedLog

    package init(log: CapturedLog) { captured = log }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let provided = metadataProvider?.get() ?? [:]
        let all = metadata.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
        captured.append(
            CapturedLog.Line(
                level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" }))
    }
}

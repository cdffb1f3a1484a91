import Glibc
import Logging
import Synchronization

/// Gives swift-log the suite's lines. swift-log allows it once per process; a second call here does nothing.
enum LogBootstrap {
    private static let isDone = Mutex(false)

    static func install(service: String, settings: CommonSettings) {
        let isFirst = isDone.withLock { done in
            defer { done = true }
            return !done
        }
        guard isFirst else { return }
        let sink = LineLogHandler.Sink(
            style: style(settings.logFormat, isTerminal: isatty(STDERR_FILENO) == 1, colours: settings.colours),
            service: service, instance: settings.instance, output: .standardError)
        let level = settings.logLevel
        LoggingSystem.bootstrap(
            { _, provider in LineLogHandler(sink: sink, logLevel: level, metadataProvider: provider) },
            metadataProvider: nil)
    }

    /// Colours on a terminal alone, and not where NO_COLOR says so.
    static func style(_ format: LogFormat, isTerminal: Bool, colours: Bool) -> LogLineStyle {
        switch format {
        case .json: .json
        case .text: .text(coloured: isTerminal && colours)
        case .auto: isTerminal ? .text(coloured: colours) : .json
        }
    }
}

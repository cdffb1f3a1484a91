import Glibc
package import Logging

/// How log lines look (`LOG_FORMAT`).
package enum LogFormat: String, Sendable, CaseIterable {
    /// Text on a terminal, JSON elsewhere.
    case auto
    case json
    case text
}

/// What every service reads.
///
/// | variable | type | default |
/// |---|---|---|
/// | `HOST` | address to listen on; containers set 0.0.0.0 | 127.0.0.1 |
/// | `PORT` | 0 to 65535 (0: any free one) | the service's |
/// | `LOG_LEVEL` | trace, debug, info, notice, warning, error, critical | info |
/// | `LOG_FORMAT` | auto, json, text | auto |
/// | `NO_COLOR` | set: text without colours | |
/// | `DRAIN_SECONDS` | 0 to 600: how long requests may take to end after SIGTERM | 10 |
/// | `LOCKSTEP_INSTANCE` | the replica's name in logs and in the fleet | host name and pid |
package struct CommonSettings: Sendable {
    package var host: String
    package var port: Int
    package var logLevel: Logger.Level
    package var logFormat: LogFormat
    package var colours: Bool
    package var drainSeconds: Int
    package var instance: String

    package init(reader: SettingsReader, defaultPort: Int) {
        host = reader.string("HOST", default: "127.0.0.1")
        port = reader.int("PORT", default: defaultPort, in: 0...65535)
        logLevel = reader.choice("LOG_LEVEL", default: Logger.Level.info)
        logFormat = reader.choice("LOG_FORMAT", default: LogFormat.auto)
        colours = reader.string("NO_COLOR") == nil
        drainSeconds = reader.int("DRAIN_SECONDS", default: 10, in: 0...600)
        instance = reader.string("LOCKSTEP_INSTANCE") ?? Self.defaultInstance()
    }

    private static func defaultInstance() -> String {
        // One byte is kept back: a truncated name need not be terminated.
        var buffer = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&buffer, buffer.count - 1) == 0
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let name = isKnown ? String(decoding: bytes, as: UTF8.self) : "unknown"
        return "\(name)-\(getpid())"
    }
}

import Logging

enum LogLineStyle: Sendable, Equatable {
    case json
    case text(coloured: Bool)
}

/// One event, ready to be written. Message and fields have been through redaction.
struct LogLine {
    let time: LogTimestamp
    let level: Logger.Level
    let service: String
    let instance: String
    let message: String
    let fields: LogFields

    /// With the newline, and no other newline in it.
    func bytes(_ style: LogLineStyle) -> [UInt8] {
        switch style {
        case .json: json
        case .text(let coloured): text(coloured: coloured)
        }
    }

    private var json: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes.append(contentsOf: "{\"ts\":\"".utf8)
        time.append(to: &bytes)
        Self.appendMembers(level: level, service: service, instance: instance, message: message, to: &bytes)
        for field in fields.sorted {
            bytes.append(UInt8(ascii: ","))
            LogText.appendString(LogFields.reserved.contains(field.key) ? "meta.\(field.key)" : field.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            LogText.appendString(field.value, to: &bytes)
        }
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }

    /// What stands behind the time and before the fields.
    static func appendMembers(
        level: Logger.Level, service: String, instance: String, message: String, to bytes: inout [UInt8]
    ) {
        bytes.append(contentsOf: "\",\"level\":\"\(level.rawValue)\",\"service\":".utf8)
        LogText.appendString(service, to: &bytes)
        bytes.append(contentsOf: ",\"instance\":".utf8)
        LogText.appendString(instance, to: &bytes)
        bytes.append(contentsOf: ",\"msg\":".utf8)
        LogText.appendString(message, to: &bytes)
    }

    private func text(coloured: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        func paint(_ code: String) {
            if coloured { bytes.append(contentsOf: "\u{1B}[\(code)m".utf8) }
        }
        paint("2")
        time.appendTime(to: &bytes)
        paint("0")
        bytes.append(UInt8(ascii: " "))
        paint(level.colour)
        bytes.append(contentsOf: level.column.utf8)
        paint("0")
        bytes.append(UInt8(ascii: " "))
        LogText.appendEscaped(service, to: &bytes)
        bytes.append(contentsOf: "  ".utf8)
        LogText.appendEscaped(message, quotes: false, to: &bytes)
        for field in fields.sorted {
            bytes.append(UInt8(ascii: " "))
            paint("2")
            LogText.appendEscaped(field.key, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            paint("0")
            if isWord(field.value) {
                bytes.append(contentsOf: field.value.utf8)
            } else {
                LogText.appendString(field.value, to: &bytes)
            }
        }
        bytes.append(0x0A)
        return bytes
    }

    private func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    }
}

extension Logger.Level {
    /// ANSI colour.
    fileprivate var colour: String {
        switch self {
        case .trace, .debug: "2"
        case .info: "32"
        case .notice: "36"
        case .warning: "33"
        case .error: "31"
        case .critical: "1;31"
        }
    }

    /// All of one width.
    fileprivate var column: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO "
        case .notice: "NOTE "
        case .warning: "WARN "
        case .error: "ERROR"
        case .critical: "CRIT "
        }
    }
}

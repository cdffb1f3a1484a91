import Logging
import Synchronization
import Testing

@testable import ServiceKit

@Suite("Lines that are handed over together")
struct LineBatchTests {
    private final class Written: Sendable {
        let lines = Mutex<[[UInt8]]>([])
        var count: Int { lines.withLock(\.count) }
        var text: String { lines.withLock { String(decoding: $0.joined(), as: UTF8.self) } }
    }

    private static func logger(_ style: LogLineStyle, level: Logger.Level = .info, _ written: Written) -> Logger {
        let milliseconds = Mutex(0)
        let sink = LineLogHandler.Sink(
            style: style, service: "gate\"way", instance: "host-1",
            output: LogOutput { line in written.lines.withLock { $0.append(line) } },
            clock: {
                milliseconds.withLock { count in
                    defer { count += 509 }
                    return LogTimestamp(seconds: 1_770_091_506 + Int64(count / 1000), milliseconds: count % 1000)
                }
            })
        return Logger(label: "test") { _ in LineLogHandler(sink: sink, logLevel: level) }
    }

    private static let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

    @Test("they are the bytes that the logger writes")
    func same() throws {
        let (one, other) = (Written(), Written())
        let logger = Self.logger(.json, one)
        var batch = try #require(LineBatch(Self.logger(.json, other), message: "request"))
        for (path, number) in [
            ("/plain", Int64(0)), ("/a\"b\\c\n\u{1B}[31m\u{2028}", -1), ("/é/" + Self.token, .max),
            ("/x?Bearer abcdefghijklmnopqrstuvwxyz", 42), ("", .min), (String(repeating: "b", count: 50), 7),
        ] {
            logger.info("request", metadata: ["bytes": "\(number)", "path": "\(path)"])
            batch.begin()
            batch.field("bytes", number)
            batch.field("path", path)
            batch.end()
        }
        #expect(other.count == 0, "nothing is handed over yet")
        batch.flush()
        #expect(other.count == 1)
        #expect(one.text == other.text)
        #expect(!other.text.contains(Self.token))
    }

    @Test("many lines are handed over without being asked for, and always whole ones")
    func limit() throws {
        let written = Written()
        var batch = try #require(LineBatch(Self.logger(.json, written), message: "request"))
        for number in 0..<1000 {
            batch.begin()
            batch.field("number", Int64(number))
            batch.end()
        }
        #expect(written.count >= 2)
        #expect(written.lines.withLock { $0.allSatisfy { $0.last == 0x0A } })
        batch.flush()
        #expect(written.text.split(separator: "\n").count == 1000)
    }

    @Test("a person reads line by line, and a level above info nothing")
    func others() {
        #expect(LineBatch(Self.logger(.text(coloured: false), Written()), message: "request") == nil)
        #expect(LineBatch(Self.logger(.json, level: .warning, Written()), message: "request") == nil)
        #expect(LineBatch(Logger(label: "x") { _ in SwiftLogNoOpLogHandler() }, message: "request") == nil)
    }
}

import FoundationEssentials
import Logging
import Synchronization
import Testing

@testable import ServiceKit

@Suite("Log lines")
struct LogLineTests {
    private final class Written: Sendable {
        let lines = Mutex<[[UInt8]]>([])
        var text: String { lines.withLock { String(decoding: $0.joined(), as: UTF8.self) } }
    }

    private func logger(_ style: LogLineStyle, _ written: Written, provider: Logger.MetadataProvider? = nil) -> Logger {
        let sink = LineLogHandler.Sink(
            style: style, service: "plant", instance: "host-1",
            output: LogOutput { line in written.lines.withLock { $0.append(line) } },
            clock: { LogTimestamp(seconds: 1_770_091_506, milliseconds: 7) })
        return Logger(label: "test") { _ in
            LineLogHandler(sink: sink, logLevel: .debug, metadataProvider: provider)
        }
    }

    private func object(_ text: String) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
    }

    @Test("a JSON line has time, level, service, instance, message and flat metadata")
    func json() throws {
        let written = Written()
        logger(.json, written).info(
            "Ready", metadata: ["peer": ["address": "10.0.0.1", "hops": ["a", "b"]], "n": "1"])
        #expect(
            written.text == """
                {"ts":"2026-02-03T04:05:06.007Z","level":"info","service":"plant","instance":"host-1","msg":"Ready",\
                "n":"1","peer.address":"10.0.0.1","peer.hops.0":"a","peer.hops.1":"b"}

                """)
    }

    @Test("metadata can't overwrite what the line itself says")
    func reserved() throws {
        let written = Written()
        logger(.json, written).info("Ready", metadata: ["level": "debug", "service": "portal", "msg": "x"])
        let line = try object(written.text)
        #expect(line["level"] == "info")
        #expect(line["service"] == "plant")
        #expect(line["meta.service"] == "portal")
    }

    @Test(
        "nothing that a client wrote ends the line or reaches the terminal",
        arguments: [
            "a\n{\"level\":\"info\",\"msg\":\"forged\"}", "a\r\nforged", "\u{1B}[2Jwiped", "\u{0}\u{7F}",
            "\u{9B}31m", "next\u{2028}line\u{2029}", "\u{202E}desrever", "quote\" and \\ back", "\u{85}",
        ])
    func injection(_ text: String) throws {
        for style in [LogLineStyle.json, .text(coloured: false)] {
            let written = Written()
            logger(style, written).info("\(text)", metadata: ["path": "\(text)", "\(text)": "key"])
            let bytes = Array(written.text.utf8)
            #expect(bytes.filter { $0 == 0x0A }.count == 1)
            #expect(bytes.last == 0x0A)
            #expect(bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            for scalar in ["\u{9B}", "\u{85}", "\u{2028}", "\u{2029}", "\u{202E}"] {
                #expect(!written.text.contains(scalar))
            }
            if style == .json {
                #expect(try object(written.text)["msg"] == text)
                #expect(try object(written.text)["path"] == text)
            }
        }
    }

    @Test("metadata is merged from logger, provider and event, the last one winning")
    func merging() throws {
        let written = Written()
        let provider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        var logger = logger(.json, written, provider: provider)
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger.info("x", metadata: ["c": "event"])
        let line = try object(written.text)
        #expect(line["a"] == "logger")
        #expect(line["b"] == "provider")
        #expect(line["c"] == "event")
    }

    @Test("a person sees time, level, service, message and quoted values")
    func text() {
        let written = Written()
        logger(.text(coloured: false), written).warning("Slow \"disk\"", metadata: ["path": "/a b", "n": "1"])
        #expect(written.text == "04:05:06.007 WARN  plant  Slow \"disk\" n=1 path=\"/a b\"\n")
    }

    @Test("colours are for terminals, and NO_COLOR is obeyed")
    func colours() {
        #expect(LogBootstrap.style(.auto, isTerminal: true, colours: true) == .text(coloured: true))
        #expect(LogBootstrap.style(.auto, isTerminal: true, colours: false) == .text(coloured: false))
        #expect(LogBootstrap.style(.auto, isTerminal: false, colours: true) == .json)
        #expect(LogBootstrap.style(.text, isTerminal: false, colours: true) == .text(coloured: false))
        #expect(LogBootstrap.style(.json, isTerminal: true, colours: true) == .json)
        let written = Written()
        logger(.text(coloured: true), written).error("x")
        #expect(written.text.contains("\u{1B}[31mERROR\u{1B}[0m"))
    }

    @Test(
        "time is RFC 3339 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.042Z"), (951_782_399, "2000-02-28T23:59:59.042Z"),
            (951_782_400, "2000-02-29T00:00:00.042Z"), (1_709_164_800, "2024-02-29T00:00:00.042Z"),
            (1_735_689_599, "2024-12-31T23:59:59.042Z"), (4_102_444_800, "2100-01-01T00:00:00.042Z"),
            (-1, "1969-12-31T23:59:59.042Z"),
        ])
    func timestamps(_ seconds: Int64, _ expected: String) {
        var bytes: [UInt8] = []
        LogTimestamp(seconds: seconds, milliseconds: 42).append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}

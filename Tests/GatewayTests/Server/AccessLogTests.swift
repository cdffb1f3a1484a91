import Logging
import TestSupport
import Testing

@testable import Gateway

@Suite("The access log")
struct AccessLogTests {
    private static func written(sample: Int, _ lines: [AccessLog.Line]) -> [String] {
        let captured = CapturedLog()
        let log = AccessLog(logger: captured.logger, sample: sample)
        for line in lines { log.write(line) }
        return captured.lines.compactMap { $0.metadata["status"] }
    }

    private static func line(_ status: Int, isCut: Bool = false) -> AccessLog.Line {
        var line = AccessLog.Line(requestID: "request-1", method: "GET", path: "/x")
        line.status = status
        line.isCut = isCut
        return line
    }

    @Test(
        "of what went well one in so many is written, of what did not, all",
        arguments: [(1, 20), (5, 4), (0, 0), (100, 0)])
    func sampled(sample: Int, wellWritten: Int) {
        let lines = (0..<20).flatMap { _ in
            [Self.line(200), Self.line(401), Self.line(503), Self.line(0), Self.line(200, isCut: true)]
        }
        let written = Self.written(sample: sample, lines)
        #expect(written.filter { $0 == "401" }.count == 20)
        #expect(written.filter { $0 == "503" }.count == 20)
        #expect(written.filter { $0 == "0" }.count == 20)
        #expect(written.filter { $0 == "200" }.count == 20 + wellWritten)
    }
}

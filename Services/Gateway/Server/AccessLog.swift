import Logging
import ServiceKit

/// One line per request, written when the answer has been sent or given up.
final class AccessLog {
    struct Line {
        var requestID = ""
        /// Of the trace, the upper half and the lower one; zeros where there is no request to speak of.
        var trace: (high: UInt64, low: UInt64) = (0, 0)
        var method = ""
        /// Canonical where there was one; without the query, which may carry what no log should.
        var path = ""
        var route = "none"
        /// Answered by the gateway itself: health, readiness, metrics, keys.
        var isOwnEndpoint = false
        /// 0: the client went away before an answer.
        var status = 0
        var code: String?
        var client = ""
        var subject: String?
        var kid: String?
        var enrichment: String?
        var bytesIn = 0
        var bytesOut = 0
        var microseconds: Int64 = 0
        var isCut = false
        /// Why a tunnel ended, or an answer before it was whole (`StreamEnd`).
        var end: String?
        /// Of a group's servers the last that was chosen, as the group names it; nil on a route to one address.
        var target: String?
        /// How many of them were tried.
        var attempts = 0
    }

    private let logger: Logger
    /// Nil where lines go one by one through the logger.
    private var batch: LineBatch?
    /// Of the requests that went well, one in so many is written; 0: none.
    private let sample: Int
    private var unwritten = 0

    init(logger: Logger, sample: Int) {
        self.logger = logger
        self.sample = sample
        batch = LineBatch(logger, message: "request")
    }

    func write(_ line: Line) {
        // Probes and scrapes come every few seconds and are no news.
        let level: Logger.Level = line.isOwnEndpoint ? .debug : .info
        guard logger.logLevel <= level, isDue(line) else { return }
        if level == .info, batch != nil {
            append(line)
        } else {
            logger.log(level: level, "request", metadata: metadata(line))
        }
    }

    /// On every tick, and at the end.
    func flush() { batch?.flush() }

    /// What was refused, failed or cut is always written.
    private func isDue(_ line: Line) -> Bool {
        guard sample != 1, line.status < 400, line.status > 0, !line.isCut, line.end == nil else { return true }
        unwritten += 1
        guard sample > 0, unwritten >= sample else { return false }
        unwritten = 0
        return true
    }

    private func metadata(_ line: Line) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "request_id": "\(line.requestID)", "method": "\(line.method)", "path": "\(line.path)",
            "route": "\(line.route)", "status": "\(line.status)", "client": "\(line.client)",
            "duration_us": "\(line.microseconds)", "bytes_in": "\(line.bytesIn)", "bytes_out": "\(line.bytesOut)",
        ]
        if let code = line.code { metadata["code"] = "\(code)" }
        if let subject = line.subject { metadata["sub"] = "\(subject)" }
        if let kid = line.kid { metadata["kid"] = "\(kid)" }
        if let enrichment = line.enrichment { metadata["enrichment"] = "\(enrichment)" }
        if line.isCut { metadata["cut"] = "true" }
        if let end = line.end { metadata["end"] = "\(end)" }
        if let target = line.target { metadata["target"] = "\(target)" }
        if line.attempts > 1 { metadata["attempts"] = "\(line.attempts)" }
        if line.trace != (0, 0) {
            metadata["trace_id"] = "\(Hexadecimal.text(line.trace.high))\(Hexadecimal.text(line.trace.low))"
        }
        return metadata
    }

    /// The same fields, by name.
    private func append(_ line: Line) {
        batch?.begin()
        if line.attempts > 1 { batch?.field("attempts", Int64(line.attempts)) }
        batch?.field("bytes_in", Int64(line.bytesIn))
        batch?.field("bytes_out", Int64(line.bytesOut))
        batch?.field("client", line.client)
        if let code = line.code { batch?.field("code", code) }
        if line.isCut { batch?.field("cut", "true") }
        batch?.field("duration_us", line.microseconds)
        if let end = line.end { batch?.field("end", end) }
        if let enrichment = line.enrichment { batch?.field("enrichment", enrichment) }
        if let kid = line.kid { batch?.field("kid", kid) }
        batch?.field("method", line.method)
        batch?.field("path", line.path)
        batch?.field("request_id", line.requestID)
        batch?.field("route", line.route)
        batch?.field("status", Int64(line.status))
        if let subject = line.subject { batch?.field("sub", subject) }
        if let target = line.target { batch?.field("target", target) }
        if line.trace != (0, 0) { batch?.field("trace_id", line.trace.high, line.trace.low) }
        batch?.end()
    }
}

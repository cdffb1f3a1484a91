import Logging

/// One line per request, written when the answer has been sent or given up.
struct AccessLog {
    struct Line {
        var requestID = ""
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
    }

    let logger: Logger

    func write(_ line: Line) {
        // Probes and scrapes come every few seconds and are no news.
        let level: Logger.Level = line.isOwnEndpoint ? .debug : .info
        guard logger.logLevel <= level else { return }
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
        logger.log(level: level, "request", metadata: metadata)
    }
}

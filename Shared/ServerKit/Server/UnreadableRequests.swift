import CoreMetrics
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import ServiceKit

/// Requests that the decoder refuses (too large a head, no HTTP) end in a bare 400 before the router sees them: here they
/// get their line in the log and their place in the metrics. One per connection, which closes with it.
final class UnreadableRequests: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let service: String
    private let logger: Logger
    private var isTold = false

    init(service: String, logger: Logger) {
        self.service = service
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, !isTold {
            isTold = true
            logger.info(
                "Request can't be read",
                metadata: [
                    "cause": "\(error)", "peer": "\(context.remoteAddress?.ipAddress ?? "unknown")", "status": "400",
                ])
            let labels = [("service", service), ("method", "other"), ("route", "unreadable"), ("code", "400")]
            Counter(label: MetricName.httpRequests, dimensions: labels).increment()
        }
        context.fireErrorCaught(error)
    }
}

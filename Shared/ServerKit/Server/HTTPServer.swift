package import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceKit

extension ServerParts {
    /// The Hummingbird application on HOST:PORT with read deadlines and bounded heads.
    package func application(router: Router<AppContext>) -> some ApplicationProtocol {
        methods.fill(from: router)
        let limits = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100)
        return Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ReadDeadline(), UnreadableRequests(service: service, logger: logger),
                    ],
                    // Longer than a gateway keeps its pooled connections, so that it is the one to close.
                    idleTimeout: .seconds(75), httpDecoderConfiguration: limits)),
            configuration: .init(address: .hostname(common.host, port: common.port)),
            onServerRunning: { [logger] channel in
                logger.info(
                    "Listening", metadata: ["address": "\(channel.localAddress?.description ?? "unknown")"])
            },
            logger: logger)
    }
}

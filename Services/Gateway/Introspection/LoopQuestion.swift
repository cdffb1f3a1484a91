import FoundationEssentials
import HTTPKit
import NIOHTTP1
import ServiceKit

/// Endpoints whose answer every loop has a part of. For holders of the internal token.
enum LoopQuestion {
    case routes, caches, upstreams

    init?(_ endpoint: OwnEndpoint) {
        switch endpoint {
        case .routes: self = .routes
        case .caches: self = .caches
        case .upstreams: self = .upstreams
        case .health, .ready, .metrics, .keys: return nil
        }
    }

    /// - Parameter done: called on the loop that is asked.
    func ask(_ loop: GatewayLoop, _ done: @escaping (LocalAnswer) -> Void) {
        let sources = loop.introspection
        switch self {
        case .routes:
            loop.gather({ $0.metrics.hits }) { done(Self.answer(RoutesReport(sources, hits: $0))) }
        case .caches:
            let now = loop.clock.now()
            loop.gather(LoopCaches.init) { done(Self.answer(CachesReport(sources, loops: $0, now: now))) }
        case .upstreams:
            let (upstreams, epoch) = (loop.upstreams, loop.clock.now())
            loop.gather({ $0.publishUpstreams() }) { _ in done(Self.answer(upstreams.report(epoch: epoch))) }
        }
    }

    static func answer(_ report: some Encodable) -> LocalAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and whole numbers always encode.
        return LocalAnswer(
            status: .ok, contentType: "application/json", body: Array((try? encoder.encode(report)) ?? Data()))
    }
}

/// What is told beside that which loops know.
struct IntrospectionSources: Sendable {
    var instance: String
    var routes: ServedRoutes
    /// Nil without a dry run.
    var dryRun: DryRunParts?
    /// Of the services whose revocations are followed.
    var feeds: @Sendable () -> [RevocationFeed.Standing]
}

import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit
import ServiceLifecycle

/// Sends finished spans to a collector by OTLP/HTTP in batches, beside the loops. A collector that does not answer costs
/// spans, never a request.
struct SpanExporter: Service {
    private enum Answer { case taken, later(String), refused(String) }

    private static let batch = 512
    private static let timeout = TimeAmount.seconds(10)
    /// Spans of a moment are sent together.
    private static let gather = Duration.milliseconds(200)
    /// Before each further attempt with the same batch; then it is dropped.
    private static let pauses = [Duration.seconds(1), .seconds(2), .seconds(4)]

    let parts: TracingParts
    let instance: String
    let logger: Logger

    func run() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        await cancelWhenGracefulShutdown { [self] in await follow(client) }
        // What the loops finished last: they stop before this does. Once, and without patience.
        var isFailing = false
        await drain(client, &isFailing, pauses: [])
        try await client.shutdown()
    }

    private func follow(_ client: HTTPClient) async {
        var isFailing = false
        for await _ in parts.queue.arrivals {
            guard (try? await Task.sleep(for: Self.gather)) != nil else { return }
            await drain(client, &isFailing, pauses: Self.pauses)
        }
    }

    private func drain(_ client: HTTPClient, _ isFailing: inout Bool, pauses: [Duration]) async {
        while true {
            let spans = parts.queue.take(Self.batch)
            guard !spans.isEmpty else { return }
            let failure = await send(spans, client, pauses: pauses)
            // Given up for the sake of the end: for the last attempt.
            if failure != nil, Task.isCancelled { return parts.queue.add(spans) }
            SpanQueue.count(failure == nil ? "exported" : "failed", spans.count)
            tell(failure, &isFailing)
        }
    }

    /// When it begins to fail, and when it works again.
    private func tell(_ failure: String?, _ isFailing: inout Bool) {
        guard isFailing != (failure != nil) else { return }
        isFailing = failure != nil
        if let failure {
            logger.warning(
                "spans are lost: the collector does not take them",
                metadata: ["endpoint": "\(parts.settings.endpoint)", "reason": "\(failure)"])
        } else {
            logger.info("the collector takes spans again", metadata: ["endpoint": "\(parts.settings.endpoint)"])
        }
    }

    /// - Returns: why they are lost; nil when they arrived.
    private func send(_ spans: [FinishedSpan], _ client: HTTPClient, pauses: [Duration]) async -> String? {
        let settings = parts.settings
        let body = SpanDocument(
            spans, service: settings.serviceName, instance: instance, version: BuildInfo.version
        ).json
        var rest = pauses[...]
        while true {
            switch await post(body, client) {
            case .taken: return nil
            case .refused(let reason): return reason
            case .later(let reason):
                guard let pause = rest.popFirst(), (try? await Task.sleep(for: pause)) != nil else { return reason }
            }
        }
    }

    private func post(_ body: [UInt8], _ client: HTTPClient) async -> Answer {
        var request = HTTPClientRequest(url: parts.settings.endpoint)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        for field in parts.settings.headers { request.headers.replaceOrAdd(name: field.name, value: field.value) }
        request.body = .bytes(body)
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            // To its end, so that the connection serves again.
            _ = try? await response.body.collect(upTo: 65_536)
            switch response.status.code {
            case 200...299: return .taken
            // "Retryable Response Codes" of OTLP/HTTP.
            case 429, 502, 503, 504: return .later("it answered \(response.status.code)")
            default: return .refused("it answered \(response.status.code)")
            }
        } catch let error as HTTPClientError {
            return .later(error.shortDescription)
        } catch let error as IOError {
            return .later("no connection (errno \(error.errnoCode))")
        } catch {
            return .later("no answer")
        }
    }
}

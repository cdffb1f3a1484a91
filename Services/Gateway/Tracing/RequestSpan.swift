import NIOCore

/// A sampled request while it is under way: what is known of its spans beside the exchange. None is made for others.
final class RequestSpan {
    /// Of the server span; the one in the upstream's `traceparent` is the client span's.
    let identifier: UInt64
    /// Nanoseconds since the epoch.
    let startedAt: UInt64
    private let begin: NIODeadline
    private var upstream: Upstream?

    private struct Upstream {
        var began: NIODeadline
        var ended: NIODeadline?
        var address: String
        var port: Int
        var status: Int?
        var error: String?
    }

    /// - Parameter startedAt: nanoseconds since the epoch, at `begin`.
    init(identifier: UInt64, startedAt: UInt64, begin: NIODeadline) {
        self.identifier = identifier
        self.startedAt = startedAt
        self.begin = begin
    }

    // MARK: the upstream's side

    /// The first attempt's time, the last one's address.
    func upstreamBegan(_ origin: Origin, now: NIODeadline) {
        upstream = Upstream(began: upstream?.began ?? now, address: origin.host, port: origin.port)
    }

    func upstreamAnswered(_ status: Int) { upstream?.status = status }

    func upstreamEnded(error: String? = nil, now: NIODeadline) {
        upstream?.ended = now
        upstream?.error = error
    }

    // MARK: the end

    /// - Parameter exchange: answered, or given up.
    func finished(_ exchange: Exchange, now: NIODeadline) -> [FinishedSpan] {
        let trace = exchange.trace
        var server = span(.server, trace, id: identifier, parent: trace.parent, from: begin, to: now)
        server.name = exchange.route.map { "\(Self.method(exchange)) \($0.prefix)" } ?? Self.method(exchange)
        server.set("http.request.method", Self.method(exchange))
        server.set("url.path", exchange.line.path)
        server.set("url.scheme", exchange.forwarded.proto)
        if let route = exchange.route { server.set("http.route", route.prefix) }
        server.set("lockstep.route", exchange.line.route)
        if exchange.line.status > 0 { server.set("http.response.status_code", exchange.line.status) }
        if let code = exchange.line.code { server.set("lockstep.code", code) }
        if exchange.line.status == 0 || exchange.line.isCut {
            server.fail("cut")
        } else if exchange.line.status >= 500 {
            server.fail(exchange.line.code ?? String(exchange.line.status))
        }
        guard let upstream else { return [server] }
        var client = span(
            .client, trace, id: trace.span, parent: identifier, from: upstream.began, to: upstream.ended ?? now)
        client.name = Self.method(exchange)
        client.set("http.request.method", Self.method(exchange))
        client.set("server.address", upstream.address)
        client.set("server.port", upstream.port)
        if let status = upstream.status { client.set("http.response.status_code", status) }
        // Given up: by a deadline, or as the client went away.
        if let error = upstream.error ?? (upstream.ended == nil ? exchange.line.code ?? "cut" : nil) {
            client.fail(error)
        } else if let status = upstream.status, status >= 400 {
            client.fail(String(status))
        }
        return [server, client]
    }

    private func span(
        _ kind: FinishedSpan.Kind, _ trace: TraceContext, id: UInt64, parent: UInt64, from: NIODeadline, to: NIODeadline
    ) -> FinishedSpan {
        FinishedSpan(
            kind: kind, traceHigh: trace.traceHigh, traceLow: trace.traceLow, identifier: id, parent: parent,
            state: trace.state, startedAt: at(from), endedAt: at(to))
    }

    /// Nanoseconds since the epoch, of a moment not before the beginning.
    private func at(_ moment: NIODeadline) -> UInt64 {
        startedAt + UInt64(max(0, (moment - begin).nanoseconds))
    }

    /// Methods are few; whatever else a client writes is none of a span's names.
    private static func method(_ exchange: Exchange) -> String {
        methods.contains(exchange.line.method) ? exchange.line.method : "_OTHER"
    }

    private static let methods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT",
    ]
}

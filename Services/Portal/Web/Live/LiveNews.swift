import HTTPTypes
import ServerKit

/// What a live page waits for: that something is not as it was. What it is now, the page asks for itself, by the same
/// address and with the same rights as before.
struct LiveNews: Sendable {
    /// Waits until something has changed or may have (true), or until it is time to show that the connection is alive.
    /// True comes first: what changed between the making of the page and the first look, nobody has told.
    let next: @Sendable () async throws -> Bool

    /// Looks again and again.
    /// - Parameters:
    ///   - shown: what the page shows, where that is known.
    ///   - look: equal values: nothing has changed. What can't be looked at is no news.
    init<Value: Equatable & Sendable>(
        every interval: Duration, shown: Value? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        look: @escaping @Sendable () async throws -> Value
    ) {
        let seen = Seen<Value>(shown)
        next = {
            for _ in 0..<max(1, Int(15 / max(0.05, interval / .seconds(1)))) {
                try await sleep(interval)
                if let value = try? await look(), await seen.isNews(value) { return true }
            }
            // Another replica may have answered the page, which saw the last change later than this one.
            return true
        }
    }

    /// Server-sent events (WHATWG HTML §9.2): `event: changed` where something has.
    var stream: APIStream {
        APIStream(
            mediaType: "text/event-stream",
            headers: [.cacheControl: "no-store", .xAccelBuffering: "no"]
        ) { writer in
            try await writer.write("retry: 2000\n\n")
            while !Task.isCancelled {
                try await writer.write(try await next() ? "event: changed\ndata: 1\n\n" : ": alive\n\n")
            }
        }
    }

    private actor Seen<Value: Equatable & Sendable> {
        private var last: Value?

        init(_ shown: Value?) { last = shown }

        func isNews(_ value: Value) -> Bool {
            defer { last = value }
            return last != value
        }
    }
}

extension HTTPField.Name {
    // A valid token; proxies of the nginx family hold answers back without it.
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .server
}

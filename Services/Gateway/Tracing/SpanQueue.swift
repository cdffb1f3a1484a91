import CoreMetrics
import DequeModule
import Synchronization

/// Finished spans of all loops on their way to the exporter: bounded, and never waited for. What there is no room for is
/// dropped and counted. Loops come here on their ticks, not with requests.
final class SpanQueue: Sendable {
    static let spansName = "lockstep_gateway_spans_total"

    private let capacity: Int
    private let waiting = Mutex<Deque<FinishedSpan>>([])
    /// Yields when there is something to send.
    let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init(capacity: Int = 8192) {
        self.capacity = capacity
        (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// - Parameter dropped: by a loop that had no room itself.
    func add(_ spans: [FinishedSpan], dropped: Int = 0) {
        let refused = waiting.withLock { waiting in
            let room = max(0, capacity - waiting.count)
            waiting.append(contentsOf: spans.prefix(room))
            return max(0, spans.count - room)
        }
        Self.count("dropped", refused + dropped)
        arrival.yield()
    }

    /// - Returns: the oldest, at most so many.
    func take(_ count: Int) -> [FinishedSpan] {
        waiting.withLock { waiting in
            let taken = Array(waiting.prefix(count))
            waiting.removeFirst(taken.count)
            return taken
        }
    }

    var count: Int { waiting.withLock { $0.count } }

    static func count(_ result: String, _ spans: Int) {
        if spans > 0 { Counter(label: spansName, dimensions: [("result", result)]).increment(by: Int64(spans)) }
    }
}

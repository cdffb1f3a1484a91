import NIOCore

/// The tracer of one loop. There is none without an endpoint, and a request that is not sampled costs it a comparison.
final class LoopTracer {
    private let sampler: SpanSampler
    private let queue: SpanQueue
    private let nanoseconds: @Sendable () -> UInt64
    private var finished: [FinishedSpan] = []
    private var dropped = 0

    /// Spans of one tick.
    private static let capacity = 4096

    init(_ parts: TracingParts) {
        sampler = parts.settings.sampler
        queue = parts.queue
        nanoseconds = parts.nanoseconds
    }

    /// - Parameter trace: told whether it is sampled, for the upstream to know.
    /// - Returns: nil where it is not.
    func begin(_ trace: inout TraceContext, now: NIODeadline, random: () -> UInt64) -> RequestSpan? {
        let parent = trace.parent == 0 ? nil : trace.isSampled
        trace.isSampled = sampler.samples(parent: parent, trace: trace.traceLow)
        guard trace.isSampled else { return nil }
        return RequestSpan(
            identifier: TraceContext.nonZero(random), startedAt: nanoseconds(), begin: now)
    }

    /// Probes and scrapes are no news here either.
    func end(_ span: RequestSpan, _ exchange: Exchange, now: NIODeadline) {
        guard !exchange.line.isOwnEndpoint else { return }
        let spans = span.finished(exchange, now: now)
        guard finished.count + spans.count <= Self.capacity else {
            dropped += spans.count
            return
        }
        finished += spans
    }

    /// On every tick, and at the end.
    func flush() {
        guard !finished.isEmpty || dropped > 0 else { return }
        queue.add(finished, dropped: dropped)
        finished.removeAll(keepingCapacity: true)
        dropped = 0
    }
}

/// What the loops' tracers share.
struct TracingParts: Sendable {
    var settings: TracingSettings
    var queue = SpanQueue()
    /// Since the epoch.
    var nanoseconds: @Sendable () -> UInt64 = SpanClock.now
}

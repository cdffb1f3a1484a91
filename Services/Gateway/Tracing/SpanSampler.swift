/// Whether a request has spans (OpenTelemetry's trace SDK, "Built-in samplers").
package struct SpanSampler: Sendable, Equatable {
    /// As `OTEL_TRACES_SAMPLER` names them.
    package enum Name: String, Sendable, CaseIterable {
        case alwaysOn = "always_on"
        case alwaysOff = "always_off"
        case ratio = "traceidratio"
        case parentAlwaysOn = "parentbased_always_on"
        case parentAlwaysOff = "parentbased_always_off"
        case parentRatio = "parentbased_traceidratio"
    }

    /// What the client's `traceparent` says is done.
    private let asksParent: Bool
    /// Traces whose lower seven bytes are below are sampled: every service that goes by the trace's name decides alike.
    private let bound: UInt64

    private static let range = UInt64(1) << 56

    package init(_ name: Name, ratio: Double = 1) {
        switch name {
        case .alwaysOn, .alwaysOff, .ratio: asksParent = false
        case .parentAlwaysOn, .parentAlwaysOff, .parentRatio: asksParent = true
        }
        switch name {
        case .alwaysOn, .parentAlwaysOn: bound = Self.range
        case .alwaysOff, .parentAlwaysOff: bound = 0
        case .ratio, .parentRatio: bound = UInt64((min(max(ratio, 0), 1) * Double(Self.range)).rounded())
        }
    }

    /// - Parameters:
    ///   - parent: whether the client samples; nil when it started no trace.
    ///   - trace: the lower half of the trace's name, whose lower seven bytes are random (W3C Trace Context 2).
    package func samples(parent: Bool?, trace: UInt64) -> Bool {
        if asksParent, let parent { return parent }
        return trace & (Self.range - 1) < bound
    }
}

/// A span as it is sent; no token, query or header value is in it.
struct FinishedSpan: Sendable {
    /// OTLP's numbers.
    enum Kind: Int, Sendable {
        case server = 2
        case client = 3
    }

    enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
    }

    var kind: Kind
    var name = ""
    var traceHigh: UInt64
    var traceLow: UInt64
    var identifier: UInt64
    /// 0 for none.
    var parent: UInt64
    /// `tracestate`, if the trace goes on from a client's.
    var state: String?
    /// Nanoseconds since the epoch.
    var startedAt: UInt64
    var endedAt: UInt64
    private(set) var attributes: [(name: String, value: Value)] = []
    private(set) var isFailed = false

    init(
        kind: Kind, traceHigh: UInt64, traceLow: UInt64, identifier: UInt64, parent: UInt64, state: String?,
        startedAt: UInt64, endedAt: UInt64
    ) {
        self.kind = kind
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.identifier = identifier
        self.parent = parent
        self.state = state
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    mutating func set(_ name: String, _ text: String) { attributes.append((name, .text(text))) }
    mutating func set(_ name: String, _ number: Int) { attributes.append((name, .number(number))) }

    /// - Parameter error: of few kinds.
    mutating func fail(_ error: String) {
        isFailed = true
        set("error.type", error)
    }
}

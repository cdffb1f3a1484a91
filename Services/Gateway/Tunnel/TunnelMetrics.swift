import CoreMetrics

/// What one loop counts of tunnels, and of answers that ended with their token. Both are rare: nothing is gathered.
final class TunnelMetrics {
    private static let openName = "lockstep_gateway_tunnels"
    private static let closedName = "lockstep_gateway_tunnels_total"
    private static let bytesName = "lockstep_gateway_tunnel_bytes_total"
    private static let streamsName = "lockstep_gateway_streams_ended_total"

    private let loopName: String
    private var count = 0
    /// Made with the first tunnel.
    private var gauge: Gauge?

    /// - Parameter loop: its number, the label of gauges that each loop has one of.
    init(loop: String) { loopName = loop }

    func opened() { record(count + 1) }

    func closed(_ end: StreamEnd, bytesIn: Int, bytesOut: Int) {
        record(count - 1)
        Counter(label: Self.closedName, dimensions: [("end", end.rawValue)]).increment()
        Counter(label: Self.bytesName, dimensions: [("direction", "in")]).increment(by: bytesIn)
        Counter(label: Self.bytesName, dimensions: [("direction", "out")]).increment(by: bytesOut)
    }

    func streamEnded(_ end: StreamEnd) {
        Counter(label: Self.streamsName, dimensions: [("end", end.rawValue)]).increment()
    }

    private func record(_ count: Int) {
        self.count = count
        let gauge = gauge ?? Gauge(label: Self.openName, dimensions: [("loop", loopName)])
        self.gauge = gauge
        gauge.record(Double(count))
    }
}

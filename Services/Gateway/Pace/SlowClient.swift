import CoreMetrics

/// What a client was too slow with when the gateway gave it up. The raw value is a metric's label.
enum SlowClient: String {
    /// A head that began and did not end in time.
    case head
    case body
    /// What it was sent between two requests, and did not take.
    case answer

    private static let name = "lockstep_gateway_slow_clients_total"

    /// It is rare: nothing is gathered.
    func count() { Counter(label: Self.name, dimensions: [("part", rawValue)]).increment() }
}

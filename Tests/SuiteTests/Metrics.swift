import Testing

/// A service's /metrics, read as Prometheus reads it.
struct Metrics {
    private let series: [(name: String, labels: [String: String], value: Double)]

    /// With the internal token, as everywhere outside development.
    static func of(_ service: RunningSuite.Service, in suite: RunningSuite) async throws -> Metrics {
        let reply = try await HTTP.get(suite.url(service) + "/metrics", token: suite.internalToken)
        try #require(reply.status == 200, "\(service): \(reply.status)")
        return Metrics(reply.text)
    }

    init(_ text: String) {
        series = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
            guard let match = line.wholeMatch(of: /([a-z_]+)(\{(.*)\})? ([^ ]+)/), let value = Double(match.4) else {
                return nil
            }
            let labels = (match.3 ?? "").matches(of: /([a-z_]+)="([^"]*)"/).map { (String($0.1), String($0.2)) }
            return (String(match.1), Dictionary(labels, uniquingKeysWith: { $1 }), value)
        }
    }

    func has(_ name: String, _ labels: [String: String]) -> Bool {
        series.contains { series in series.name == name && labels.allSatisfy { series.labels[$0.key] == $0.value } }
    }

    /// The sum of all series of that name that carry at least these labels; 0 without any.
    func sum(_ name: String, _ labels: [String: String] = [:]) -> Double {
        series.filter { series in
            series.name == name && labels.allSatisfy { series.labels[$0.key] == $0.value }
        }.reduce(0) { $0 + $1.value }
    }
}

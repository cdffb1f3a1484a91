/// Prometheus text exposition format 0.0.4.
enum Exposition {
    /// Characters that a metric's name may not have become `_`; a name that starts with a digit gets one before it.
    static func metricName(_ label: String) -> String {
        sanitized(label, allowColon: true)
    }

    /// `{a="1",b="2"}`, sorted by name, or nothing.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.map { (sanitized($0.0, allowColon: false), $0.1) }.sorted { $0.0 < $1.0 }
        return "{" + pairs.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",") + "}"
    }

    static func append(_ family: PrometheusRegistry.Family, name: String, to text: inout String) {
        if let help = MetricName.help(name) { text += "# HELP \(name) \(help)\n" }
        text += "# TYPE \(name) \(family.kind.rawValue)\n"
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .counter(let counter): text += "\(name)\(labels) \(counter.current)\n"
            case .floatingPointCounter(let counter): text += "\(name)\(labels) \(number(counter.current))\n"
            case .gauge(let gauge): text += "\(name)\(labels) \(number(gauge.current))\n"
            case .histogram(let histogram): append(histogram.current, name: name, labels: labels, to: &text)
            }
        }
    }

    private static func append(
        _ content: HistogramSeries.Content, name: String, labels: String, to text: inout String
    ) {
        let open = labels.isEmpty ? "{" : labels.dropLast() + ","
        var total: UInt64 = 0
        for (index, count) in content.counts.enumerated() {
            total += count
            let isLast = index == HistogramSeries.bounds.count
            let bound = isLast ? "+Inf" : number(HistogramSeries.bounds[index])
            text += "\(name)_bucket\(open)le=\"\(bound)\"} \(total)\n"
        }
        text += "\(name)_sum\(labels) \(number(content.sum))\n"
        text += "\(name)_count\(labels) \(total)\n"
    }

    /// Whole numbers without a fraction; else what reads back as the same value.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return String(value)
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func sanitized(_ name: String, allowColon: Bool) -> String {
        func isAllowed(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
            default: allowColon && byte == 0x3A
            }
        }
        let startsWithDigit = name.utf8.first.map { (0x30...0x39).contains($0) } ?? true
        if !startsWithDigit, name.utf8.allSatisfy(isAllowed) { return name }
        let bytes = name.utf8.map { isAllowed($0) ? $0 : 0x5F }
        return (startsWithDigit ? "_" : "") + String(decoding: bytes, as: UTF8.self)
    }
}

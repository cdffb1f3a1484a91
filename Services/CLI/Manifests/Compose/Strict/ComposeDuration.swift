/// Compose's durations: `10s`, `1m30s`, `500ms`, `1h`, `250us`.
package enum ComposeDuration {
    package static func parse(_ text: String) -> Duration? {
        var total = Duration.zero
        var rest = text[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([0-9]{1,9})(\.[0-9]{1,3})?(us|ms|s|m|h)/),
                let whole = Int64(match.1)
            else { return nil }
            let unit: Duration =
                switch match.3 {
                case "us": .microseconds(1)
                case "ms": .milliseconds(1)
                case "s": .seconds(1)
                case "m": .seconds(60)
                default: .seconds(3600)
                }
            total += unit * Int(whole)
            if let fraction = match.2, let digits = Int(fraction.dropFirst()) {
                var scale = 1
                for _ in fraction.dropFirst() { scale *= 10 }
                total += unit * digits / scale
            }
            rest = rest[match.range.upperBound...]
        }
        return total
    }
}

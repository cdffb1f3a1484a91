/// Durations for people.
enum Seconds {
    /// The two greatest units that are not zero: `2 h 5 min`.
    static func words(_ seconds: Int64) -> String {
        var rest = seconds.magnitude
        var words: [String] = []
        for (unit, size) in [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)] as [(String, UInt64)] {
            let count = rest / size
            rest %= size
            if count > 0 { words.append("\(count) \(unit)") }
        }
        return words.isEmpty ? "0 s" : words.prefix(2).joined(separator: " ")
    }
}

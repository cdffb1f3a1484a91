import Glibc

/// `Date` of the gateway's own answers (RFC 9110 §6.6.1), of which a loop makes one in a second, however many it gives.
/// Answers of upstreams keep theirs, or have none.
struct AnswerDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var second: Int64?
    private var text = ""

    /// IMF-fixdate (RFC 9110 §5.6.7).
    /// - Parameter now: seconds since the epoch.
    mutating func value(now: Int64) -> String {
        if second != now {
            second = now
            text = Self.made(now)
        }
        return text
    }

    private static func made(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(days[Int(parts.tm_wday)]), \(date) \(1900 + parts.tm_year) \(clock) GMT"
    }
}

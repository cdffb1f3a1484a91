import ServiceKit

/// Amounts and spans of time, as people read them.
struct FarmFigures: Sendable {
    let texts: Texts
    /// Seconds since the epoch.
    let now: Int64

    var today: CivilDate { Timestamp(seconds: now).date }

    /// `1,234.5`: as many decimal places as the amount is worth.
    static func amount(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "–" }
        let scale: Double = abs(value) >= 100 ? 1 : abs(value) >= 10 ? 10 : 1000
        let scaled = Int64((abs(value) * scale).rounded())
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
        var digits = String(whole)
        var grouped = ""
        while digits.count > 3 {
            grouped = "," + digits.suffix(3) + grouped
            digits.removeLast(3)
        }
        var fraction = ""
        if rest > 0 {
            fraction = String(String(rest + Int64(scale)).dropFirst())
            while fraction.last == "0" { fraction.removeLast() }
        }
        return (value < 0 && scaled > 0 ? "-" : "") + digits + grouped + (fraction.isEmpty ? "" : "." + fraction)
    }

    func kilograms(_ value: Double) -> String { texts("farms.kilograms", ["amount": Self.amount(value)]) }

    /// `120 of 200 kg`, or what was harvested where nothing was predicted.
    func yield(_ yield: YieldsDocument) -> String {
        yield.predicted > 0
            ? texts(
                "farms.yield_of",
                ["actual": Self.amount(yield.actual), "predicted": Self.amount(yield.predicted)])
            : kilograms(yield.actual)
    }

    /// `72.5 %, good`; empty where nothing was predicted.
    /// - Parameter isJudged: false while the season goes on: what is not yet ripe is not poor.
    func efficiency(_ yield: YieldsDocument, isJudged: Bool = true) -> String {
        guard let efficiency = yield.efficiency else { return "" }
        let percent = Self.amount(efficiency)
        guard isJudged, let category = yield.category else { return texts("farms.percent", ["percent": percent]) }
        let word = texts.known("farms.category_\(category)") ?? category
        return texts("farms.efficiency", ["percent": percent, "category": word])
    }

    /// Whole days from a moment's day to today's.
    func days(since moment: Timestamp) -> Int { Int(today.daysSinceEpoch - moment.date.daysSinceEpoch) }

    /// `in 3 days`, `today`, `3 days late`.
    /// - Parameter days: negative: overdue.
    func span(_ days: Int64) -> String {
        if days == 0 { return texts["farms.today"] }
        return days > 0 ? texts.counted("farms.in_days", Int(days)) : texts.counted("farms.late", Int(-days))
    }

    /// `YYYY-MM-DD` from the plant; nil for what is no day.
    func span(to day: String) -> (text: String, isLate: Bool)? {
        guard let date = CivilDate(day) else { return nil }
        let days = date.daysSinceEpoch - today.daysSinceEpoch
        return (span(days), days < 0)
    }

    func typeWord(_ type: String) -> String { texts.known("block_type.\(type)") ?? type }
    func severityWord(_ severity: String) -> String { texts.known("severity.\(severity)") ?? severity }
}

/// The colour of a yield's category; the word stands beside it.
enum YieldStyle {
    static func of(_ category: String?) -> PageText {
        switch category {
        case "exceptional", "exceeding", "excellent", "good": "good"
        case "acceptable": "warn"
        case "poor": "bad"
        default: ""
        }
    }
}

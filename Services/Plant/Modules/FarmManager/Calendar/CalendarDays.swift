package import PlantKit

/// Reckoning with days in UTC.
extension CivilDate {
    /// The day of a moment in seconds since the epoch.
    package init(of seconds: Int64) { self = Timestamp(seconds: seconds).date }

    /// Seconds since the epoch at which it begins.
    package var start: Int64 { daysSinceEpoch * 86_400 }

    /// `YYYY-MM`.
    package var month: String { String(text.prefix(7)) }

    /// The first day of its month.
    package var monthStart: CivilDate { self + (1 - parts.day) }

    /// The first day of the month after.
    package var nextMonthStart: CivilDate { (monthStart + 31).monthStart }

    /// Ends of the time that figures may be of: 1900-01-01 to 2999-12-31.
    static let first = CivilDate(daysSinceEpoch: -25_567)
    static let last = CivilDate(daysSinceEpoch: 376_199)

    package static func + (date: CivilDate, days: Int64) -> CivilDate {
        CivilDate(daysSinceEpoch: date.daysSinceEpoch + days)
    }

    /// In days.
    package static func - (left: CivilDate, right: CivilDate) -> Int64 { left.daysSinceEpoch - right.daysSinceEpoch }
}

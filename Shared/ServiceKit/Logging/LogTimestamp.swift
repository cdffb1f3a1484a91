import Glibc

/// RFC 3339 in UTC with milliseconds, made without a formatter: it is part of every log line.
struct LogTimestamp: Sendable {
    /// Seconds since the epoch.
    let seconds: Int64
    let milliseconds: Int

    static var now: LogTimestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTimestamp(seconds: Int64(time.tv_sec), milliseconds: time.tv_nsec / 1_000_000)
    }

    /// `2026-02-03T04:05:06.789Z`
    func append(to line: inout [UInt8]) {
        let (days, secondOfDay) = floorDivide(seconds, by: 86_400)
        let (year, month, day) = civilDate(daysSinceEpoch: days)
        appendNumber(year, width: 4, to: &line)
        line.append(UInt8(ascii: "-"))
        appendNumber(month, width: 2, to: &line)
        line.append(UInt8(ascii: "-"))
        appendNumber(day, width: 2, to: &line)
        line.append(UInt8(ascii: "T"))
        appendTimeOfDay(secondOfDay, to: &line)
        line.append(UInt8(ascii: "Z"))
    }

    /// `04:05:06.789`, for a person at a terminal.
    func appendTime(to line: inout [UInt8]) {
        appendTimeOfDay(floorDivide(seconds, by: 86_400).remainder, to: &line)
    }

    private func appendTimeOfDay(_ second: Int64, to line: inout [UInt8]) {
        appendNumber(second / 3600, width: 2, to: &line)
        line.append(UInt8(ascii: ":"))
        appendNumber(second / 60 % 60, width: 2, to: &line)
        line.append(UInt8(ascii: ":"))
        appendNumber(second % 60, width: 2, to: &line)
        line.append(UInt8(ascii: "."))
        appendNumber(Int64(milliseconds), width: 3, to: &line)
    }

    /// The proleptic Gregorian date. Years are counted from March, so that the leap day is a year's last; an era is
    /// the calendar's period of 400 years, 146,097 days.
    private func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let marchEpoch = daysSinceEpoch + 719_468  // days from 0000-03-01 to 1970-01-01
        let (era, dayOfEra) = floorDivide(marchEpoch, by: 146_097)
        let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private func appendNumber(_ number: Int64, width: Int, to line: inout [UInt8]) {
        let digits = String(number).utf8
        for _ in 0..<max(0, width - digits.count) { line.append(UInt8(ascii: "0")) }
        line.append(contentsOf: digits)
    }
}

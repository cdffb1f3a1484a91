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
        let (days, secondOfDay) = CivilDate.floorDivide(seconds, by: 86_400)
        let (year, month, day) = CivilDate(daysSinceEpoch: days).parts
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
        appendTimeOfDay(CivilDate.floorDivide(seconds, by: 86_400).remainder, to: &line)
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

    private func appendNumber(_ number: Int64, width: Int, to line: inout [UInt8]) {
        let digits = String(number).utf8
        for _ in 0..<max(0, width - digits.count) { line.append(UInt8(ascii: "0")) }
        line.append(contentsOf: digits)
    }
}

import ServiceKit
import Testing

@Suite("Dates and moments")
struct CivilDateTests {
    @Test(
        "days of the calendar, both ways",
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-22", 20_779),
            ("0000-03-01", -719_468), ("9999-12-31", 2_932_896),
        ] as [(String, Int64)])
    func days(_ text: String, _ days: Int64) {
        #expect(CivilDate(text)?.daysSinceEpoch == days)
        #expect(CivilDate(daysSinceEpoch: days).text == text)
    }

    @Test("every day of four hundred years comes back as itself")
    func roundTrip() {
        var wrong: [Int64] = []
        for day in stride(from: Int64(-1000), to: 146_097, by: 1) {
            let date = CivilDate(daysSinceEpoch: day)
            if CivilDate(date.text) != date { wrong.append(day) }
        }
        #expect(wrong == [])
    }

    @Test(
        "what is no day",
        arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-01-32", "20260101", "２026-01-01", ""])
    func noDay(_ text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test(
        "moments of RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-22T04:05:06Z", 1_795_320_306),
            ("2026-11-22T05:05:06.999+01:00", 1_795_320_306), ("1969-12-31T23:59:59z", -1),
        ] as [(String, Int64)])
    func moments(_ text: String, _ seconds: Int64) {
        #expect(Timestamp(text)?.seconds == seconds)
        #expect(Timestamp(Timestamp(seconds: seconds).text)?.seconds == seconds)
    }

    @Test(
        "what is no moment",
        arguments: [
            "2026-11-22", "2026-11-22T24:00:00Z", "2026-11-22T04:60:00Z", "2026-11-22T04:05:60Z",
            "2026-11-22T04:05:06", "2026-11-22T04:05:06.Z", "2026-11-22T04:05:06+1:00", "2026-11-22 04:05:06Z",
        ])
    func noMoment(_ text: String) {
        #expect(Timestamp(text) == nil)
    }
}

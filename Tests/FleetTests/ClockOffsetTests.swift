import Testing

@testable import Fleet

@Suite("The clock offset")
struct ClockOffsetTests {
    @Test(
        "is measured at the middle of question and answer",
        arguments: [
            (Int64(1000), Int64(1000), Int64(1000), Int64(0), Int64(0)), (1000, 1100, 1050, 0, 100),
            (1000, 1100, 31_050, 30_000, 100), (300_000, 300_010, 5, -300_000, 10),
            // A clock that was set back between the two.
            (1000, 900, 1000, 50, 0),
        ])
    func sample(_ sentAt: Int64, _ receivedAt: Int64, _ keeper: Int64, _ offset: Int64, _ roundTrip: Int64) {
        let sample = ClockOffset.Sample(sentAt: sentAt, receivedAt: receivedAt, keeper: keeper)
        #expect(sample.offset == offset)
        #expect(sample.roundTrip == roundTrip)
    }

    private func sample(offset: Int64, roundTrip: Int64) -> ClockOffset.Sample {
        .init(sentAt: 0, receivedAt: roundTrip, keeper: roundTrip / 2 + offset)
    }

    @Test("the sample with the shortest round trip counts")
    func shortest() {
        var offset = ClockOffset()
        #expect(offset.offset == nil)
        offset.add(sample(offset: 400, roundTrip: 1000))
        offset.add(sample(offset: 20, roundTrip: 10))
        offset.add(sample(offset: -300, roundTrip: 900))
        #expect(offset.offset == 20)
    }

    @Test("a clock that was set is believed at once, whatever was measured before")
    func set() {
        var offset = ClockOffset()
        for _ in 0..<12 { offset.add(sample(offset: 0, roundTrip: 2)) }
        offset.add(sample(offset: 300_000, roundTrip: 20))
        #expect(offset.offset == 300_000)
    }

    @Test("what is older than a dozen samples is forgotten")
    func window() {
        var offset = ClockOffset()
        offset.add(sample(offset: 90, roundTrip: 1))
        for _ in 0..<12 { offset.add(sample(offset: 10, roundTrip: 4)) }
        #expect(offset.offset == 10)
    }

    @Test("over half the leeway is an alarm, told at each change")
    func alarm() {
        var alarm = ClockAlarm()
        #expect(alarm.on(offset: 30_000, leeway: 60) == nil)
        #expect(alarm.on(offset: -30_001, leeway: 60) == .apart)
        #expect(alarm.on(offset: -40_000, leeway: 60) == nil)
        #expect(alarm.on(offset: 0, leeway: 60) == .together)
        #expect(alarm.on(offset: 0, leeway: 0) == nil)
    }
}

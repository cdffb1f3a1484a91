import Gateway
import NIOCore
import Testing

@Suite("Servers that are left out for failing")
struct EjectionsTests {
    private static func rule(_ milliseconds: Int64 = 1000, percent: Int = 50) -> UpstreamGroup.OutlierEjection {
        var rule = UpstreamGroup.OutlierEjection()
        rule.ejectFor = milliseconds
        rule.maximumPercent = percent
        return rule
    }

    private static func at(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
    }

    @Test("it is out for the time that the rule says, and then it is not")
    func time() {
        let ejections = Box(Ejections(Self.rule(), targets: 3))
        #expect(ejections.eject(1, now: Self.at(0)))
        #expect(ejections.value.until(1, now: Self.at(0)) == Self.at(1000))
        #expect(ejections.value.until(1, now: Self.at(999)) != nil)
        #expect(ejections.sweep(now: Self.at(999)) == [])
        #expect(ejections.value.until(1, now: Self.at(1000)) == nil)
        #expect(ejections.sweep(now: Self.at(1000)) == [1])
        #expect(ejections.sweep(now: Self.at(1000)) == [])
        #expect(ejections.value.total(1) == 1)
    }

    @Test("who is out again soon stays out longer, up to ten times as long")
    func growing() {
        let ejections = Box(Ejections(Self.rule(), targets: 2))
        var now: Int64 = 0
        var times: [Int64] = []
        for _ in 0..<12 {
            #expect(ejections.eject(0, now: Self.at(now)))
            let until = ejections.value.until(0, now: Self.at(now))
            times.append(((until ?? Self.at(now)) - Self.at(now)).nanoseconds / 1_000_000)
            now += times.last ?? 0
        }
        #expect(times == [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000, 10_000, 10_000])
        // It went well for as long as it was out: forgotten.
        now += 10_000
        #expect(ejections.eject(0, now: Self.at(now)))
        #expect(ejections.value.until(0, now: Self.at(now)) == Self.at(now + 1000))
    }

    @Test("a second word about one that is out changes nothing")
    func twice() {
        let ejections = Box(Ejections(Self.rule(), targets: 4))
        #expect(ejections.eject(0, now: Self.at(0)))
        #expect(!ejections.eject(0, now: Self.at(500)))
        #expect(ejections.value.until(0, now: Self.at(500)) == Self.at(1000))
        #expect(ejections.value.total(0) == 1)
    }

    @Test(
        "never more than the share, but one where there are two or more, and never the only one",
        arguments: [
            (1, 100, 0), (2, 50, 1), (2, 1, 1), (3, 50, 1), (4, 50, 2), (10, 33, 3), (2, 100, 2), (64, 100, 64),
        ])
    func share(_ targets: Int, _ percent: Int, _ maximum: Int) {
        let ejections = Box(Ejections(Self.rule(percent: percent), targets: targets))
        #expect(ejections.value.maximum == maximum)
        let out = (0..<targets).filter { ejections.eject($0, now: Self.at(0)) }
        #expect(out == Array(0..<maximum))
        // Who is back makes room.
        if maximum > 0, maximum < targets { #expect(ejections.eject(maximum, now: Self.at(1000))) }
    }

    @Test("whatever happens, never more are out than may be", arguments: 0..<100 as Range<UInt64>)
    func bounded(_ seed: UInt64) {
        var random = SeededRandom(seed)
        let targets = 1 + random.below(10)
        let ejections = Box(Ejections(Self.rule(percent: 1 + random.below(100)), targets: targets))
        var now: Int64 = 0
        for _ in 0..<300 {
            now += Int64(random.below(800))
            let target = random.below(targets)
            let wasOut = ejections.value.until(target, now: Self.at(now)) != nil
            if ejections.eject(target, now: Self.at(now)) {
                #expect(!wasOut)
                let until = ejections.value.until(target, now: Self.at(now))
                #expect(until.map { $0 >= Self.at(now + 1000) && $0 <= Self.at(now + 10_000) } == true)
            }
            if random.chance(20) { _ = ejections.sweep(now: Self.at(now)) }
            let out = (0..<targets).count { ejections.value.until($0, now: Self.at(now)) != nil }
            #expect(out <= ejections.value.maximum)
        }
    }
}

extension Box<Ejections> {
    fileprivate func eject(_ target: Int, now: NIODeadline) -> Bool { value.eject(target, now: now) }
    fileprivate func sweep(now: NIODeadline) -> [Int] { value.sweep(now: now) }
}

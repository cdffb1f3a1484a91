import Contracts
import Secrets
import Testing
import Tokens

@testable import HTTPKit

@Suite("Refused tokens, remembered")
struct RefusalLogTests {
    @Test("refusals of one reason are one entry with their number and times; the latest reason comes first")
    func counts() {
        let log = RefusalLog()
        log.note(.unknownKey(KeyID("k1")), now: 100)
        log.note(.expired(at: 1), now: 101)
        log.note(.unknownKey(KeyID("k1")), now: 105)
        log.note(.missing, now: 106)
        #expect(
            log.recent(now: 110) == [
                FleetRefusals(code: "unknown_key", kid: "k1", count: 2, firstAt: 100, lastAt: 105),
                FleetRefusals(code: "expired", count: 1, firstAt: 101, lastAt: 101),
            ])
    }

    @Test("what has not happened for a while is forgotten, and begins anew")
    func forgets() {
        let log = RefusalLog()
        log.note(.wrongAudience, now: 100)
        #expect(log.recent(now: 100 + RefusalLog.memory).count == 1)
        #expect(log.recent(now: 101 + RefusalLog.memory).isEmpty)
        log.note(.wrongAudience, now: 5000)
        #expect(log.recent(now: 5000) == [FleetRefusals(code: "wrong_audience", count: 1, firstAt: 5000, lastAt: 5000)])
    }

    @Test("kids that nobody ever held fill no memory: beyond the bound they are counted together")
    func bounded() {
        let log = RefusalLog()
        for index in 0..<10_000 { log.note(.unknownKey(KeyID("k\(index)")), now: 100) }
        let recent = log.recent(now: 100)
        #expect(recent.count == RefusalLog.maximumReasons + 1)
        #expect(recent.reduce(0) { $0 + $1.count } == 10_000)
        #expect(recent.contains { $0.kid == nil })
    }
}

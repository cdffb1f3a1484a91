import PlantTesting
import Testing

@testable import Plant

@Suite("How many refusals are told")
struct RefusalQuotaTests {
    @Test("so many of one user, so many altogether, anew each minute, also when the clock is set back")
    func bounds() async throws {
        try await PlantFixture.use { plant in
            let quota = RefusalQuota()
            let one = try plant.identity("admin", subject: "u-1")
            let taken = (0..<50).map { _ in quota.take(one, now: 1000) }
            #expect(taken.filter { $0 }.count == RefusalQuota.perUser)
            var others = 0
            for number in 0..<200 where quota.take(try plant.identity("viewer", subject: "u-\(number + 2)"), now: 1059)
            {
                others += 1
            }
            #expect(others == RefusalQuota.altogether - RefusalQuota.perUser)
            let later = quota.take(one, now: 1060)
            #expect(later)
            let back = (0..<50).map { _ in quota.take(one, now: 10) }
            #expect(back.filter { $0 }.count == RefusalQuota.perUser)
        }
    }
}

import Gateway
import Testing

@Suite("What health checks say of a server")
struct TargetHealthTests {
    private static let failed = TargetHealth.Outcome.failed("503")

    @Test("the first answer decides at once, and until then it serves")
    func first() {
        let health = Box(TargetHealth(healthyAfter: 3, unhealthyAfter: 3))
        #expect(health.value.state == .unknown && health.value.isInService)
        #expect(health.on(.passed))
        #expect(health.value.state == .healthy && health.value.isInService)
        let other = Box(TargetHealth(healthyAfter: 3, unhealthyAfter: 3))
        #expect(other.on(Self.failed))
        #expect(other.value.state == .unhealthy("503") && !other.value.isInService)
    }

    @Test(
        "it turns with as many contrary answers in a row as the rule says, and not with one fewer",
        arguments: [1, 2, 3, 10], [1, 2, 3, 10])
    func thresholds(_ rise: Int, _ fall: Int) {
        let health = Box(TargetHealth(healthyAfter: rise, unhealthyAfter: fall))
        _ = health.on(.passed)
        for count in 1...fall { #expect(health.on(Self.failed) == (count == fall)) }
        #expect(!health.value.isInService)
        for count in 1...rise { #expect(health.on(.passed) == (count == rise)) }
        #expect(health.value.isInService)
    }

    @Test("one good answer in between begins the count anew, either way")
    func inARow() {
        let health = Box(TargetHealth(healthyAfter: 2, unhealthyAfter: 2))
        _ = health.on(.passed)
        for _ in 0..<5 {
            #expect(!health.on(Self.failed))
            #expect(!health.on(.passed))
        }
        #expect(health.value.isInService)
        _ = health.on(Self.failed)
        #expect(health.on(Self.failed))
        for _ in 0..<5 {
            #expect(!health.on(.passed))
            #expect(!health.on(Self.failed))
        }
        #expect(!health.value.isInService)
    }

    @Test("the latest reason is the one that is told")
    func reason() {
        let health = Box(TargetHealth(healthyAfter: 2, unhealthyAfter: 1))
        _ = health.on(.failed("503"))
        #expect(!health.on(.failed("no connection")))
        #expect(health.value.state == .unhealthy("no connection"))
    }

    @Test("it is what a count of the last answers says it is", arguments: 0..<100 as Range<UInt64>)
    func model(_ seed: UInt64) {
        var random = SeededRandom(seed)
        let (rise, fall) = (1 + random.below(4), 1 + random.below(4))
        let health = Box(TargetHealth(healthyAfter: rise, unhealthyAfter: fall))
        var history: [Bool] = []
        var isUp: Bool?
        for _ in 0..<200 {
            let passes = random.chance(50)
            history.append(passes)
            _ = health.on(passes ? .passed : Self.failed)
            if let present = isUp {
                let needed = present ? fall : rise
                if history.count >= needed, history.suffix(needed).allSatisfy({ $0 != present }) { isUp = !present }
            } else {
                isUp = passes
            }
            #expect(health.value.isInService == isUp)
        }
    }
}

extension Box<TargetHealth> {
    fileprivate func on(_ outcome: TargetHealth.Outcome) -> Bool { value.on(outcome) }
}

import Testing

@testable import FarmManager

@Suite("Block transitions")
struct BlockTransitionTests {
    /// DESIGN §9, written out a second time: state → what may follow, for a crop that fruits.
    static let fruiting: [BlockState: Set<BlockState>] = [
        .empty: [.planned, .planted, .growing, .alert],
        .planned: [.empty, .planted, .growing, .alert],
        .planted: [.growing, .alert],
        .growing: [.fruiting, .alert],
        .fruiting: [.harvesting, .alert],
        .harvesting: [.cleaning, .alert],
        .cleaning: [.empty, .alert],
    ]

    @Test("every pair of states is allowed or refused as the table says", arguments: fruiting)
    func table(_ from: BlockState, _ allowed: Set<BlockState>) {
        for to in BlockState.allCases {
            let check = Result { () throws(BlockTransitions.Refused) in
                try BlockTransitions.check(from: from, to: to, fruitingDays: 10, before: nil)
            }
            switch check {
            case .success: #expect(allowed.contains(to), "\(from) → \(to)")
            case .failure(let refused):
                #expect(!allowed.contains(to), "\(from) → \(to)")
                #expect(Set(refused.allowed) == allowed)
            }
        }
    }

    @Test("a crop without a fruiting stage goes from growing to harvesting")
    func withoutFruiting() {
        #expect(BlockTransitions.allowed(from: .growing, fruitingDays: 0, before: nil) == [.harvesting, .alert])
        #expect(BlockTransitions.allowed(from: .growing, fruitingDays: 1, before: nil) == [.fruiting, .alert])
    }

    @Test("out of an alert there is one way, back", arguments: BlockState.allCases.filter { $0 != .alert })
    func back(_ before: BlockState) {
        #expect(BlockTransitions.allowed(from: .alert, fruitingDays: 5, before: before) == [before])
        for to in BlockState.allCases where to != before {
            let refused = #expect(throws: BlockTransitions.Refused.self) {
                try BlockTransitions.check(from: .alert, to: to, fruitingDays: 5, before: before)
            }
            #expect(refused?.reason == (to == .alert ? .alreadyThere : .onlyBack(to: before)))
        }
    }

    static let reasons: [(BlockState, BlockState, Int64, BlockTransitions.Refused.Reason)] = [
        (.empty, .empty, 0, .alreadyThere), (.growing, .fruiting, 0, .cropDoesNotFruit),
        (.growing, .harvesting, 1, .cropFruitsFirst), (.planted, .harvesting, 1, .notNext),
        (.cleaning, .planned, 1, .notNext),
    ]

    @Test("a refusal says why", arguments: reasons)
    func reason(
        _ from: BlockState, _ to: BlockState, _ fruitingDays: Int64, _ reason: BlockTransitions.Refused.Reason
    ) {
        let refused = #expect(throws: BlockTransitions.Refused.self) {
            try BlockTransitions.check(from: from, to: to, fruitingDays: fruitingDays, before: nil)
        }
        #expect(refused?.reason == reason)
    }

    @Test("and names what is allowed")
    func description() {
        let refused = BlockTransitions.Refused(
            from: .growing, to: .harvesting, reason: .cropFruitsFirst, allowed: [.fruiting, .alert])
        #expect("\(refused)" == "This crop fruits before it is harvested. Allowed: fruiting, alert.")
    }
}

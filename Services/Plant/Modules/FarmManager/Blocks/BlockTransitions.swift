/// Which state may follow which, and why another may not: DESIGN §9's table, in one place.
package enum BlockTransitions {
    /// Why a change is refused. `allowed` names what the block may go to instead.
    package struct Refused: Error, Sendable, Equatable {
        package enum Reason: Sendable, Equatable {
            /// It is in that state already.
            case alreadyThere
            /// No state leads there from here.
            case notNext
            /// The crop has no fruiting stage, so growing ends in harvesting.
            case cropDoesNotFruit
            /// The crop has a fruiting stage, which comes before harvesting.
            case cropFruitsFirst
            /// Out of an alert there is one way: to the state before it.
            case onlyBack(to: BlockState)
        }

        package let from: BlockState
        package let to: BlockState
        package let reason: Reason
        package let allowed: [BlockState]
    }

    /// - Parameters:
    ///   - fruitingDays: of the crop that stands there (0: it has no fruiting stage); nil without a crop.
    ///   - before: the state before the alert, for a block in `alert`.
    /// - Returns: in the order of a season, `alert` last.
    package static func allowed(from state: BlockState, fruitingDays: Int64?, before: BlockState?) -> [BlockState] {
        switch state {
        case .alert: before.map { [$0] } ?? []
        case .growing: [(fruitingDays ?? 0) > 0 ? .fruiting : .harvesting, .alert]
        case .empty, .planned, .planted, .fruiting, .harvesting, .cleaning: next(after: state) + [.alert]
        }
    }

    /// Throws unless the change is allowed.
    package static func check(
        from state: BlockState, to target: BlockState, fruitingDays: Int64?, before: BlockState?
    ) throws(Refused) {
        let allowed = allowed(from: state, fruitingDays: fruitingDays, before: before)
        guard !allowed.contains(target) else { return }
        throw Refused(from: state, to: target, reason: reason(state, target, before), allowed: allowed)
    }

    /// Without regard to the crop.
    private static func next(after state: BlockState) -> [BlockState] {
        switch state {
        case .empty: [.planned, .planted, .growing]
        case .planned: [.empty, .planted, .growing]
        case .planted: [.growing]
        case .growing: [.fruiting, .harvesting]
        case .fruiting: [.harvesting]
        case .harvesting: [.cleaning]
        case .cleaning: [.empty]
        case .alert: []
        }
    }

    private static func reason(_ state: BlockState, _ target: BlockState, _ before: BlockState?) -> Refused.Reason {
        if state == target { return .alreadyThere }
        if state == .alert, let before { return .onlyBack(to: before) }
        switch (state, target) {
        case (.growing, .fruiting): return .cropDoesNotFruit
        case (.growing, .harvesting): return .cropFruitsFirst
        default: return .notNext
        }
    }
}

extension BlockTransitions.Refused: CustomStringConvertible {
    package var description: String {
        let why =
            switch reason {
            case .alreadyThere: "The block is \(from.rawValue) already."
            case .notNext: "A block that is \(from.rawValue) can't become \(to.rawValue)."
            case .cropDoesNotFruit: "This crop has no fruiting stage: growing ends in harvesting."
            case .cropFruitsFirst: "This crop fruits before it is harvested."
            case .onlyBack(let before): "A block in alert returns to the state before it, \(before.rawValue)."
            }
        return "\(why) Allowed: \(allowed.map(\.rawValue).joined(separator: ", "))."
    }
}

/// What may be done to a customer besides changing its fields. Each has a page that says what it means before it is done.
enum CustomerAct: String, CaseIterable, Sendable {
    case suspend, reactivate, plan, trial
    case endTrial = "end_trial"
    case merge, remove, erase

    /// Of its page, below the customer's.
    var segment: String { rawValue.replacing("_", with: "-") }

    /// Nothing brings back what was.
    var isFinal: Bool {
        switch self {
        case .merge, .remove, .erase: true
        case .suspend, .reactivate, .plan, .trial, .endTrial: false
        }
    }

    /// Takes something away from its people at once.
    var isDangerous: Bool { isFinal || self == .suspend || self == .endTrial }

    /// Whether it changes anything as the customer stands now. A merge asks for two that are served.
    /// - Parameter now: seconds since the epoch.
    func makesSense(of customer: CustomerDocument, at now: Int64) -> Bool {
        switch self {
        case .suspend: !customer.isSuspended
        case .reactivate: customer.isSuspended && !customer.isTrialOver(at: now)
        case .endTrial: customer.trialEndsAt != nil && !customer.isSuspended
        case .merge: !customer.isSuspended
        case .plan, .trial, .remove, .erase: true
        }
    }
}

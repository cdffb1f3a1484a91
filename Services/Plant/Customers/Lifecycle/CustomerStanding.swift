import HTTPKit
import PlantKit

extension Customer {
    /// Whether its tokens are good for anything. A trial that is over counts at once, however late `TrialSweep` comes by.
    /// - Parameter now: seconds since the epoch.
    func isServed(at now: Int64) -> Bool { status == .active && !isTrialOver(at: now) }

    func isTrialOver(at now: Int64) -> Bool { trialEndsAt.map { $0.seconds <= now } ?? false }
}

/// Who may turn a customer's status, and when it can be turned.
enum CustomerStanding {
    /// The reason of those whom the end of their trial suspended: a longer trial or a plan lifts that, and no other.
    static let trialEnded = "trial_ended"

    /// For every way in which a status is written; it is a permission of its own.
    static func check(
        _ existing: Customer?, becoming status: CustomerStatus, in change: ResourceChange
    ) throws(Refusal) {
        guard change.request.caller.may(CorePermissions.suspendCustomers) else {
            throw Refusal(
                .forbidden, "Your roles do not allow to suspend or reactivate customers.",
                cause: "needs \(CorePermissions.suspendCustomers)")
        }
        if status == .active, let existing { try checkTrial(of: existing, now: change.request.now) }
    }

    /// Active again, and refused at once for its trial: nobody would understand that.
    static func checkTrial(of customer: Customer, now: Int64) throws(Refusal) {
        guard customer.isTrialOver(at: now) else { return }
        throw Refusal(
            .conflict, "The customer's trial is over. Give it a plan or a longer trial; either makes it active again.")
    }
}

import HTTPKit
import PlantKit
import Storage

/// What happens to a customer besides reading and writing its fields: suspension, plan and trial.
///
/// Each answers the customer as it is then, changes nothing that is so already, and heeds `If-Match` where it is sent.
struct CustomerOperations: Sendable {
    let revocations: CustomerRevocations
    let hooks: CustomerHooks

    private var writing: CustomerWriting { CustomerWriting(revocations: revocations) }

    func add(to routes: ModuleRoutes) {
        addStanding(to: routes)
        addTrial(to: routes)
        addMerge(to: routes)
        addExport(to: routes)
        addErasure(to: routes)
    }

    private func addStanding(to routes: ModuleRoutes) {
        routes.add(
            operation(
                "suspendCustomer", "suspend", "Suspends a customer.",
                details: """
                    Tokens that were issued until now are refused by every gateway within a moment, later ones by the \
                    plant with customer_suspended.
                    """, tag: routes.tag, CorePermissions.suspendCustomers,
                body: .json(.object([.optional("reason", .text(length: 1...400).nullable)], isOpen: false)))
        ) { request, transaction in
            let reason = try request.only(["reason"]) { $0.optionalText("reason", length: 1...400) }
            return try await change(request, transaction) { customer in
                try await writing.suspend(customer, reason: reason, now: request.now, in: transaction)
            }
        }
        routes.add(
            operation(
                "reactivateCustomer", "reactivate", "Lets a suspended customer work again.",
                details: """
                    Tokens that are issued from now on are good at once, and so are those that were issued while it was \
                    suspended; older ones stay revoked. Refused while the customer's trial is over.
                    """, tag: routes.tag, CorePermissions.suspendCustomers, refusals: [.conflict])
        ) { request, transaction in
            try await change(request, transaction) { customer in
                try CustomerStanding.checkTrial(of: customer, now: request.now)
                return try await writing.reactivate(customer, now: request.now, in: transaction)
            }
        }
    }

    private func addTrial(to routes: ModuleRoutes) {
        let slug = APISchema.text(length: 1...32, pattern: "^[a-z0-9_-]+$")
        routes.add(
            operation(
                "setCustomerPlan", "plan", "Moves a customer to a plan for good.",
                details: "Ends its trial; whom the end of a trial suspended is active again.", tag: routes.tag,
                CorePermissions.changeCustomers, body: .json(.object([.required("plan", slug)], isOpen: false)))
        ) { request, transaction in
            let plan = try request.only(["plan"]) { reader in
                let plan = reader.text("plan", length: 1...32)
                reader.check("plan", plan, .slug)
                return plan
            }
            return try await change(request, transaction) { customer in
                try await writing.convert(customer, to: plan, now: request.now, in: transaction)
            }
        }
        let days = APISchema.integer(1...365).described("From now on.")
        routes.add(
            operation(
                "startCustomerTrial", "trial", "Lets a customer try for some days, or some days more.",
                details: """
                    When they are over, the customer is suspended with the reason trial_ended. Whom the end of a trial \
                    suspended is active again.
                    """, tag: routes.tag, CorePermissions.changeCustomers,
                body: .json(.object([.required("days", days), .optional("plan", slug.nullable)], isOpen: false)))
        ) { request, transaction in
            let (days, plan) = try request.only(["days", "plan"]) { reader in
                let days = reader.optionalInteger("days", in: 1...365)
                if days == nil { reader.fault("days", "is required") }
                let plan = reader.optionalText("plan", length: 1...32)
                reader.check("plan", plan, .slug)
                return (days ?? 1, plan)
            }
            return try await change(request, transaction) { customer in
                try await writing.tryOut(
                    customer, until: request.now + days * 86_400, plan: plan, now: request.now, in: transaction)
            }
        }
        routes.add(
            operation(
                "endCustomerTrial", "trial", method: .delete, "Ends a customer's trial now, which suspends it.",
                tag: routes.tag, CorePermissions.changeCustomers, refusals: [.conflict])
        ) { request, transaction in
            try await change(request, transaction) { customer in
                guard customer.trialEndsAt != nil else { throw Refusal(.conflict, "The customer has no trial.") }
                return try await writing.endTrial(customer, now: request.now, in: transaction)
            }
        }
    }
}

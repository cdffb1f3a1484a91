import HTTPKit
import HTTPTypes
import Logging
import PlantKit
import ServiceKit
import Storage

/// Merge, export and erasure: what concerns a customer in all that the plant keeps, and in every module.
extension CustomerOperations {
    func addMerge(to routes: ModuleRoutes) {
        routes.add(
            operation(
                "mergeCustomer", "merge", "Merges a customer into another.",
                details: """
                    What names the customer or its user means the other one from then on, tokens too; modules hand over \
                    what they keep of it. Its fields are not joined. It can't be undone.
                    """, tag: routes.tag, CorePermissions.mergeCustomers,
                body: .json(.object([.required("into", .identifier)], isOpen: false)),
                answers: [.one(.of(Customer.self), "The other one.")], refusals: [.conflict, .moduleUnavailable])
        ) { request, transaction in
            let into = try request.only(["into"]) { $0.text("into", length: 1...128) }
            let source = try await customer(request, transaction)
            let merged = try await naming("merge") {
                do {
                    return try await CustomerMerge(hooks: hooks)
                        .merge(source, into: into, now: request.now, in: transaction)
                } catch let fault as CustomerMerge.Fault {
                    throw Self.refusal(fault)
                }
            }
            log("merged", source.id, request)
            var answer = try APIAnswer.json(merged, tag: merged.entityTag)
            answer.resourceID = source.id
            return answer
        }
    }

    func addExport(to routes: ModuleRoutes) {
        let schema = APISchema.object([
            .required("exported_at", .time), .required("customer", .of(Customer.self)),
            .required("merged", .array(of: .any)), .required("registrations", .array(of: .any)),
            .required("validations", .any), .required("modules", .map(of: .any)),
            .required("modules_not_asked", .array(of: .text())),
        ])
        routes.add(
            Operation(
                "exportCustomer", .get, "\(Self.path)/export", summary: "Exports all that is kept of a customer.",
                details: """
                    The customer, its registrations, the newest \(CustomerExport.validations) records of its tokens' \
                    validation, and what each module keeps. Customers may export themselves, without operators' notes.
                    """, tag: routes.tag, access: .permission(CorePermissions.exportCustomers),
                answers: [.ok(schema, "The document.")], refusals: [.forbidden, .notFound, .moduleUnavailable],
                isAudited: true)
        ) { request, transaction in
            let customer = try await living(request, transaction)
            let document = try await naming("export") {
                try await CustomerExport(hooks: hooks).document(
                    of: customer.visible(to: request.caller), now: request.now, in: transaction)
            }
            log("exported", customer.id, request)
            let headers: HTTPFields = [
                .contentType: "application/json", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"customer-\(customer.id).json\"",
            ]
            return APIAnswer(status: .ok, headers: headers, body: document.bytes)
        }
    }

    func addErasure(to routes: ModuleRoutes) {
        let schema = APISchema.object([
            .required("id", .identifier), .required("erased_at", .time), .required("modules", .array(of: .text())),
            .required("modules_not_asked", .array(of: .text())),
        ])
        let email = APISchema.text(length: 1...320).described("The customer's email, to be sure whom it concerns.")
        routes.add(
            operation(
                "eraseCustomer", "erase", "Erases a customer for good, also one that was deleted.",
                details: """
                    What identifies it is overwritten, here and by every module; its tokens are revoked. A registration \
                    that is delivered again does not bring it back. It can't be undone.
                    """, tag: routes.tag, CorePermissions.eraseCustomers,
                body: .json(.object([.required("confirm", email)], isOpen: false)),
                answers: [.ok(schema, "Erased.")], refusals: [.moduleUnavailable])
        ) { request, transaction in
            guard request.caller.customerID == nil else { throw Refusal(.forbidden, "This is for staff alone.") }
            let confirmation = try request.only(["confirm"]) { $0.text("confirm", length: 1...320) }
            let id = try request.id(of: "customer")
            try await naming("erasure") {
                do {
                    try await CustomerErasure(revocations: revocations, hooks: hooks)
                        .erase(id, confirmation: confirmation, now: request.now, in: transaction)
                } catch let fault as CustomerErasure.Fault {
                    throw Self.refusal(fault)
                }
            }
            log("erased", id, request)
            let modules = (asked: hooks.asked, not: hooks.notAsked)
            let document: OrderedJSON = [
                "id": .text(id), "erased_at": .text(Timestamp(seconds: request.now).text),
                "modules": .array(modules.asked.map { .text($0) }),
                "modules_not_asked": .array(modules.not.map { .text($0) }),
            ]
            return APIAnswer(status: .ok, headers: [.contentType: "application/json"], body: document.bytes)
        }
    }

    private static func refusal(_ fault: CustomerMerge.Fault) -> Refusal {
        switch fault {
        case .intoItself:
            Refusal(.invalidInput, "A customer is not merged into itself.", fields: ["into": "is the same customer"])
        case .noSuchTarget:
            Refusal(
                .invalidInput, "There is no such customer to merge into.", fields: ["into": "is no living customer"])
        case .suspended(let id):
            Refusal(
                .conflict, "The customer \(id) is suspended. Reactivate it first: a merge lifts no suspension.")
        }
    }

    private static func refusal(_ fault: CustomerErasure.Fault) -> Refusal {
        switch fault {
        case .notFound: Refusal(.notFound, name: "customer")
        case .mergedInto(let target):
            Refusal(
                .notFound, "This customer was merged into \(target): erase that one.",
                fields: ["merged_into": target])
        case .notConfirmed:
            Refusal(
                .invalidInput, "The confirmation is wrong.", fields: ["confirm": "is not this customer's email"])
        }
    }

    private func log(_ word: String, _ id: String, _ request: APIRequest) {
        request.logger.notice(
            "A customer was \(word)", metadata: ["customer": "\(id)", "subject": "\(request.caller.identity.subject)"])
    }
}

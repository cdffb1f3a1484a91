import HTTPKit
import HTTPTypes
import PlantKit
import Storage

/// What the operations on one customer have in common.
extension CustomerOperations {
    static let path = "/api/v1/customers/{id}"

    func operation(
        _ id: String, _ word: String, method: HTTPRequest.Method = .post, _ summary: String, details: String? = nil,
        tag: String, _ permission: String, body: APIBody? = nil, answers: [APIAnswerKind]? = nil,
        refusals: Set<ProblemCode> = []
    ) -> Operation {
        Operation(
            id, method, "\(Self.path)/\(word)", summary: summary, details: details, tag: tag,
            access: .permission(permission), body: body, answers: answers ?? [.one(.of(Customer.self))],
            refusals: refusals.union([.forbidden, .notFound, .preconditionFailed, .invalidInput]))
    }

    /// A living customer, for staff.
    /// - Throws: `not_found`, which tells where one went that was merged; `forbidden` for customers themselves.
    func customer(_ request: APIRequest, _ transaction: any SQLTransaction) async throws -> Customer {
        guard request.caller.customerID == nil else { throw Refusal(.forbidden, "This is for staff alone.") }
        return try await living(request, transaction)
    }

    /// A living customer, also for itself; to a customer the others do not exist.
    func living(_ request: APIRequest, _ transaction: any SQLTransaction) async throws -> Customer {
        let id = try request.id(of: "customer")
        if request.caller.customerID == nil || request.caller.customerID == id,
            let customer = try await CustomerLookup.living(id, in: transaction)
        {
            guard request.ifMatch?.matchesStrongly(customer.entityTag) ?? true else {
                throw Refusal(.stale(version: customer.version), name: "customer")
            }
            return customer
        }
        throw try await Customer.absence(of: id, for: request.caller, in: transaction)
            ?? Refusal(.notFound, name: "customer")
    }

    func change(
        _ request: APIRequest, _ transaction: any SQLTransaction, _ work: (Customer) async throws -> Customer
    ) async throws -> APIAnswer {
        let customer = try await work(try await customer(request, transaction))
        var answer = try APIAnswer.json(customer.visible(to: request.caller), tag: customer.entityTag)
        answer.resourceID = customer.id
        return answer
    }

    /// - Parameter act: for the message, e.g. `merge`.
    func naming<T>(_ act: String, _ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch let fault as CustomerHooks.Fault {
            throw Self.refusal(fault, act)
        }
    }

    private static func refusal(_ fault: CustomerHooks.Fault, _ act: String) -> Refusal {
        let end = "Nothing was changed: the \(act) is for all modules or for none."
        switch fault {
        case .notServing(let module):
            return Refusal(
                .moduleUnavailable,
                "The module \(module) does not serve, and may keep data of the customer. \(end)", retryAfter: 60)
        case .tookTooLong(let module, let seconds):
            return Refusal(
                .moduleUnavailable, "The module \(module) did not answer within \(seconds) s. \(end)", retryAfter: 5)
        case .failed(let module, let reason):
            return Refusal(
                .moduleUnavailable, "The module \(module) failed. \(end)", cause: reason, retryAfter: 60)
        }
    }
}

extension APIRequest {
    /// Reads the body's fields; a member that is none of `names` is refused with the other faults.
    func only<T>(_ names: Set<String>, _ read: (inout FieldReader) -> T) throws(Refusal) -> T {
        try fields { reader in
            for name in members.keys where !names.contains(name) {
                reader.fault(name, "is no field here; there are \(names.sorted().joined(separator: ", "))")
            }
            return read(&reader)
        }
    }
}

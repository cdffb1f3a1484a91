import Contracts
import Fleet
import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit

/// The fleet keeper's side of a rotation, below /internal/v1, which needs the internal token: `GET`, `PUT rotation`,
/// `GET rotation/history`, `POST`, `DELETE rotation/lease`.
struct RotationRoutes: Sendable {
    /// Bytes of a body.
    private static let maximumBytes = 64 * 1024

    let store: RotationStore
    let clock: WallClock
    let entropy: Entropy

    func add(to group: RouterGroup<AppContext>) {
        group.get("rotation") { _, _ in
            guard let record = try await store.record() else { return Response(status: .noContent) }
            return try JSONBody.response(record, headers: [.cacheControl: "no-store"])
        }
        group.get("rotation/history") { _, _ in
            try JSONBody.response(["data": try await store.ended()], headers: [.cacheControl: "no-store"])
        }
        group.put("rotation") { request, context in try await keep(request, context) }
        group.post("rotation/lease") { request, context in try await lease(request, context) }
        group.delete("rotation/lease") { request, _ in
            try await store.release(try leaseToken(request))
            return Response(status: .noContent)
        }
    }

    private func lease(_ request: Request, _ context: AppContext) async throws -> Response {
        let wanted = try await JSONBody.decode(
            RotationLeaseRequest.self, from: request, context: context, limit: Self.maximumBytes)
        var faults: [String: String] = [:]
        if !(5...300).contains(wanted.seconds) { faults["seconds"] = "must be from 5 to 300" }
        if !FleetText.isText(wanted.holder, limit: 200) { faults["holder"] = "must be 1 to 200 printable characters" }
        if wanted.token.map({ $0.isEmpty || $0.utf8.count > 100 }) ?? false { faults["token"] = "is none of ours" }
        guard faults.isEmpty else { throw Refusal(.invalidInput, "The lease can't be given.", fields: faults) }
        let now = clock.now()
        switch try await store.lease(wanted, newToken: entropy.identifier(), now: now) {
        case .granted(let lease): return try JSONBody.response(lease, headers: [.cacheControl: "no-store"])
        case .held(let holder, let until):
            throw Refusal(.conflict, "\(holder) rotates; its lease runs for \(max(0, until - now)) s unless renewed.")
        case .lost: throw Self.lost
        }
    }

    private func keep(_ request: Request, _ context: AppContext) async throws -> Response {
        let token = try leaseToken(request)
        let record = try await JSONBody.decode(
            RotationRecord.self, from: request, context: context, limit: Self.maximumBytes)
        let faults = RotationRecordRules.faults(in: record)
        guard faults.isEmpty else { throw Refusal(.invalidInput, "The record can't be accepted.", fields: faults) }
        guard try await store.keep(record, token: token, now: clock.now()) else { throw Self.lost }
        return Response(status: .noContent)
    }

    private func leaseToken(_ request: Request) throws -> String {
        guard let name = HTTPField.Name(RotationHTTPLedger.leaseHeader), let token = request.headers[name],
            !token.isEmpty
        else { throw Refusal(.preconditionRequired, "Show the lease's token in \(RotationHTTPLedger.leaseHeader).") }
        return token
    }

    private static let lost = Refusal(.preconditionFailed, "That lease does not run any more; ask for another.")
}

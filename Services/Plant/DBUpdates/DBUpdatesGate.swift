import Contracts
import HTTPKit
import Hummingbird
import Logging
import PlantKit
import ServerKit
import Tokens

/// Who may come to DB updates, asked before anything else of the request is read: whoever holds the portal's token for
/// them, has one of its roles, and comes through the gateway.
///
/// Refusals are told in the audit log, as each comes from somebody whose token holds; how many is bounded
/// (`RefusalQuota`), and the log of the service has them all.
struct DBUpdatesGate: RouterMiddleware {
    typealias Context = UserContext

    static let refusals: Set<ProblemCode> = [.gatewayRequired, .forbidden, .insufficientScope]

    let tokens: ClientTokens
    let proof: GatewayProof
    let audit: DBUpdatesAudit
    let quota: RefusalQuota

    func handle(
        _ request: Request, context: UserContext, next: (Request, UserContext) async throws -> Response
    ) async throws -> Response {
        do throws(Refusal) {
            try check(request, context)
        } catch {
            await tell(error, request, context)
            throw error
        }
        return try await next(request, context)
    }

    private func check(_ request: Request, _ context: UserContext) throws(Refusal) {
        // It was found before, or there were no identity.
        guard let token = try tokens.find(in: request, logger: context.logger)?.token else {
            throw Refusal(.missingToken, "Send an access token: Authorization: Bearer <token>.")
        }
        do throws(GatewayProof.Fault) {
            try proof.check(request, token: token)
        } catch {
            throw Self.refusal(error)
        }
        guard context.identity.roles.contains(where: DBUpdates.roles.contains) else {
            throw Refusal(.forbidden, "DB updates are for the roles \(DBUpdates.roles.joined(separator: " and ")).")
        }
        let scopes = context.identity.scope?.split(separator: " ").map(String.init) ?? []
        guard scopes.contains(DBUpdates.scope) else {
            throw Refusal(
                .insufficientScope,
                "The token lacks the scope \(DBUpdates.scope). POST \(DBUpdates.tokenPath) at the platform portal gives one "
                    + "that has it, for your password once more.")
        }
    }

    private static func refusal(_ fault: GatewayProof.Fault) -> Refusal {
        let (detail, cause) =
            switch fault {
            case .missing: ("Send the request to the gateway.", "no assertion")
            case .repeated: ("Send the request to the gateway.", "two assertions")
            case .invalid(let code): ("The gateway's assertion does not hold for this request.", "assertion: \(code)")
            case .unbound:
                ("The gateway's route to this path must be an administrative one (admin_route).", "assertion: unbound")
            case .anotherRequest:
                ("The gateway's assertion does not hold for this request.", "assertion: another request")
            }
        return Refusal(.gatewayRequired, detail, cause: cause)
    }

    private func tell(_ refusal: Refusal, _ request: Request, _ context: UserContext) async {
        let caller = DBUpdatesCaller(context)
        let isAudited = quota.take(caller.identity, now: audit.now())
        context.logger.warning(
            "DB updates were refused",
            metadata: [
                "code": "\(refusal.code.rawValue)", "cause": "\(refusal.cause ?? refusal.detail)",
                "user": "\(caller.identity.subject)", "audited": "\(isAudited)",
            ])
        guard isAudited else { return }
        let action = request.uri.path == ExecuteOperation.path ? DBUpdatesAudit.execute : DBUpdatesAudit.connectionInfo
        do {
            try await audit.refused(action, refusal.code.rawValue, by: caller)
        } catch {
            // Refused it is all the same.
            context.logger.error(
                "A refusal could not be told in the audit log", metadata: ["reason": "\(error)"])
        }
    }
}

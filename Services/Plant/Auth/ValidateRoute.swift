import Contracts
import FoundationEssentials
import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import PlantKit
import Secrets
import ServerKit
import Storage
import Tokens

/// `GET /api/v1/auth/validate` (DESIGN §6): 200, 401 with the token's code, 403 `customer_suspended`,
/// 404 `customer_unknown`, 503 when the database does not answer. Every answer is audited.
struct ValidateRoute: Sendable {
    let tokens: ClientTokens
    let verifier: LiveVerifier
    let validation: TokenValidation
    let audit: AuditWriter
    let environment: DeploymentEnvironment
    let makeID: @Sendable () -> String

    func add(to router: Router<AppContext>) {
        router.get("/api/v1/auth/validate") { request, context in
            var record = ValidationRecord(
                id: makeID(), at: tokens.now(), requestID: context.requestID, outcome: "valid", tokenSource: .none)
            defer { audit.record(record) }
            do {
                return try await answer(request, context, &record)
            } catch let refusal as Refusal {
                record.outcome = refusal.code.rawValue
                throw refusal
            } catch {
                record.outcome = ProblemCode.internalError.rawValue
                throw error
            }
        }
    }

    private func answer(
        _ request: Request, _ context: AppContext, _ record: inout ValidationRecord
    ) async throws -> Response {
        guard let found = try tokens.find(in: request, logger: context.logger) else {
            throw verifier.missing()
        }
        record.tokenSource = found.source
        let identity = try await verifier.verify(found.token)
        record.subject = identity.subject
        record.issuer = identity.issuer
        record.kid = identity.keyID.rawValue
        context.notes.update { notes in
            notes.user = identity.subject
            notes.keyID = identity.keyID.rawValue
        }
        switch try await StorageRefusals.refusing({ try await validation.validate(identity) }) {
        case .valid(let token):
            record.customerID = token.customerID
            return try JSONBody.response(token, headers: [.cacheControl: "no-store"])
        case .suspended(let customerID):
            record.customerID = customerID
            throw Refusal(.customerSuspended, "The customer is suspended.", cause: "customer \(customerID)")
        case .unknownCustomer:
            record.outcome = ProblemCode.customerUnknown.rawValue
            context.notes.update { $0.code = ProblemCode.customerUnknown.rawValue }
            return unknownCustomer(request, context)
        }
    }

    /// The one place where `customer_unknown` is a 404: here the customer is what was asked for; elsewhere it makes the
    /// token worthless, and is a 401.
    private func unknownCustomer(_ request: Request, _ context: AppContext) -> Response {
        let refusal = Refusal(.customerUnknown, "The token is valid, and its customer is not known here.")
        var problem = refusal.problem(
            instance: request.uri.path, requestID: context.requestID, environment: environment)
        problem.status = HTTPResponse.Status.notFound.code
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and whole numbers always encode.
        let body = (try? encoder.encode(problem)) ?? Data()
        return Response(
            status: .notFound,
            headers: [.contentType: Refusal.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

import Contracts
import HTTPKit
import HTTPTypes
import Hummingbird
import Secrets
import ServerKit

// How failures of second factors are answered: one total switch each.

extension Refusal {
    init(_ failure: SecondFactorVerifier.Failure) {
        switch failure {
        case .missing: self.init(.secondFactorRequired, "Send a code of your second factor too.")
        case .rejected:
            self.init(
                .secondFactorRejected,
                "The code is wrong or was used, or the sign-in took too long. Try the next code, or begin anew.")
        case .tooManyAttempts(let retryAfter):
            self.init(.rateLimited, "Too many attempts. Try again in \(retryAfter) seconds.", retryAfter: retryAfter)
        }
    }

    init(_ failure: SecondFactorService.Failure) {
        switch failure {
        case .alreadyEnrolled: self.init(.conflict, "There is a second factor already. Turn it off first.")
        case .notEnrolled: self.init(.conflict, "There is no second factor.")
        case .isRequired: self.init(.forbidden, "People with your roles must have a second factor.")
        case .rejected: self.init(SecondFactorVerifier.Failure.rejected)
        }
    }
}

/// A problem with what takes a client past it.
struct SecondFactorProblem: Encodable {
    var problem: Problem
    var ticket: SecondFactorTicket
    /// Seconds since the epoch.
    var now: Int64

    private enum CodingKeys: String, CodingKey {
        case ticket
        case expiresIn = "ticket_expires_in"
        case enrolment = "enrolment_needed"
    }

    func encode(to encoder: any Encoder) throws {
        try problem.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(ticket.token.text, forKey: .ticket)
        try container.encode(ticket.expiresAt - now, forKey: .expiresIn)
        try container.encode(ticket.isForEnrolment, forKey: .enrolment)
    }
}

extension SecondFactorTicket {
    /// 401 with the ticket, for whatever way in it was that was not enough.
    func response(
        to request: Request, _ context: AppContext, environment: DeploymentEnvironment, now: Int64
    ) throws -> Response {
        let refusal = Refusal(LoginService.Failure.secondFactorNeeded(self))
        context.notes.update { $0.code = refusal.code.rawValue }
        let problem = SecondFactorProblem(
            problem: refusal.problem(
                instance: request.uri.path, requestID: context.requestID, environment: environment),
            ticket: self, now: now)
        var response = try JSONBody.response(problem, status: refusal.code.status)
        // Challenge, no-store and the problem's own media type, as of any refusal.
        response.headers = refusal.headers
        return response
    }
}

import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit
import Tokens

/// `/api/v1/auth/second-factor…`: the second step of a login, and what a signed-in person does with theirs.
struct SecondFactorRoutes: Sendable {
    let secondFactors: SecondFactorService
    let sessions: SessionService
    let verifier: LiveVerifier
    let clock: WallClock

    func add(to group: RouterGroup<AppContext>) {
        group.post("second-factor", use: signIn)
        group.post("second-factor/ticket/enrolment", use: beginWithTicket)
        let signedIn = group.withLiveSession(of: sessions, verifier: verifier, clock: clock)
        signedIn.get("second-factor", use: standing)
        signedIn.delete("second-factor", use: turnOff)
        signedIn.post("second-factor/enrolment", use: begin)
        signedIn.post("second-factor/enrolment/confirm", use: confirm)
        signedIn.post("second-factor/recovery-codes", use: renewRecoveryCodes)
    }

    private func signIn(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(SecondFactorBodies.Ticket.self, from: request, context: context)
        let answer = try body.answer.required()
        let now = clock.now()
        return try await answering {
            let (signedIn, codes) = try await secondFactors.signIn(
                ticket: body.ticket, answer, caller: Caller(context: context, headers: request.headers), now: now)
            var document = TokensDocument(signedIn, now: now)
            document.recoveryCodes = codes?.map(\.text)
            return try JSONBody.response(document, headers: Self.noStore)
        }
    }

    private func beginWithTicket(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(
            SecondFactorBodies.EnrolmentTicket.self, from: request, context: context)
        return try await answering {
            let seed = try await secondFactors.begin(
                ticket: body.ticket, caller: Caller(context: context, headers: request.headers), now: clock.now())
            return try JSONBody.response(EnrolmentDocument(seed), headers: Self.noStore)
        }
    }

    private func standing(_ request: Request, _ context: SessionContext) async throws -> Response {
        try JSONBody.response(
            SecondFactorDocument(try await secondFactors.standing(of: try await live(context).user)),
            headers: Self.noStore)
    }

    private func begin(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(SecondFactorBodies.Proof.self, from: request, context: context)
        try body.password?.checkBound()
        return try await answering {
            let live = try await live(context)
            let seed = try await secondFactors.begin(
                for: live.user, session: live.session, password: body.password, caller: context.caller(request),
                now: clock.now())
            return try JSONBody.response(EnrolmentDocument(seed), headers: Self.noStore)
        }
    }

    private func confirm(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(SecondFactorBodies.Answer.self, from: request, context: context)
        let answer = try body.required()
        return try await answering {
            let codes = try await secondFactors.confirm(
                answer, for: try await live(context).user, caller: context.caller(request), now: clock.now())
            return try JSONBody.response(RecoveryCodesDocument(codes), headers: Self.noStore)
        }
    }

    private func renewRecoveryCodes(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(SecondFactorBodies.Proof.self, from: request, context: context)
        try body.password?.checkBound()
        return try await answering {
            let live = try await live(context)
            let codes = try await secondFactors.renewRecoveryCodes(
                of: live.user, session: live.session, password: body.password, try body.answer.given(),
                caller: context.caller(request), now: clock.now())
            return try JSONBody.response(RecoveryCodesDocument(codes), headers: Self.noStore)
        }
    }

    private func turnOff(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(SecondFactorBodies.Proof.self, from: request, context: context)
        try body.password?.checkBound()
        return try await answering {
            let live = try await live(context)
            try await secondFactors.turnOff(
                for: live.user, session: live.session, password: body.password, try body.answer.given(),
                caller: context.caller(request), now: clock.now())
            return Response(status: .noContent)
        }
    }

    private func live(_ context: SessionContext) async throws -> (session: Session, user: User) {
        guard let live = try await sessions.live(id: context.sessionID, now: clock.now()) else {
            throw Refusal(.sessionEnded, "The session has ended. Log in again.")
        }
        // A token that was narrowed is not for changing how its owner signs in.
        guard context.identity.scope == nil else {
            throw Refusal(.forbidden, "A token with a scope can't do this. Ask with your session's own.")
        }
        return live
    }

    private func answering(_ work: () async throws -> Response) async throws -> Response {
        do {
            return try await work()
        } catch let failure as SecondFactorService.Failure {
            throw Refusal(failure)
        } catch let failure as SecondFactorVerifier.Failure {
            throw Refusal(failure)
        } catch let failure as LoginService.Failure {
            throw Refusal(confirming: failure)
        }
    }

    private static let noStore: HTTPFields = [.cacheControl: "no-store"]
}

import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit

/// Passwords and addresses: by a link that was mailed, and, for who is signed in, by the password.
struct AccountRoutes: Sendable {
    let accounts: AccountService
    let own: OwnAccountService
    let sessions: SessionService
    let verifier: LiveVerifier
    let clock: WallClock

    struct ForgotBody: Decodable { var email: String }

    struct LinkBody: Decodable {
        var token: String
        var password: Password
    }

    struct ConfirmBody: Decodable { var token: String }

    struct ChangePasswordBody: Decodable {
        /// Nil for somebody who has none yet.
        var oldPassword: Password?
        var newPassword: Password
        var answer: SecondFactorBodies.Answer

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            oldPassword = try container.decodeIfPresent(Password.self, forKey: .oldPassword)
            newPassword = try container.decode(Password.self, forKey: .newPassword)
            answer = try SecondFactorBodies.Answer(from: decoder)
        }

        enum CodingKeys: String, CodingKey {
            case oldPassword = "old_password"
            case newPassword = "new_password"
        }
    }

    struct ChangeEmailBody: Decodable {
        var email: String
        /// Nil for somebody who has none.
        var password: Password?
        var answer: SecondFactorBodies.Answer

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            email = try container.decode(String.self, forKey: .email)
            password = try container.decodeIfPresent(Password.self, forKey: .password)
            answer = try SecondFactorBodies.Answer(from: decoder)
        }

        enum CodingKeys: String, CodingKey { case email, password }
    }

    /// What is answered whoever asks, and for whatever address.
    struct Mailed: Codable, Sendable { var status = "mailed_if_known" }

    func add(to group: RouterGroup<AppContext>) {
        group.post("password/forgot", use: forgot)
        group.post("password/reset", use: reset)
        group.post("email/verify", use: verify)
        group.post("email/confirm", use: confirm)
        let signedIn = group.withLiveSession(of: sessions, verifier: verifier, clock: clock)
        signedIn.post("password/change", use: changePassword)
        signedIn.post("email/change", use: changeEmail)
    }

    private func forgot(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(ForgotBody.self, from: request, context: context)
        return try await answering {
            try await accounts.forgotPassword(
                email: body.email, caller: Caller(context: context, headers: request.headers), now: clock.now())
            return try JSONBody.response(Mailed(), status: .accepted, headers: [.cacheControl: "no-store"])
        }
    }

    private func reset(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(LinkBody.self, from: request, context: context)
        try body.password.checkBound()
        return try await answering {
            try await accounts.resetPassword(
                link: body.token, password: body.password,
                caller: Caller(context: context, headers: request.headers), now: clock.now())
            return Response(status: .noContent)
        }
    }

    private func verify(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(LinkBody.self, from: request, context: context)
        try body.password.checkBound()
        return try await answering {
            let user = try await accounts.verifyEmail(
                link: body.token, password: body.password,
                caller: Caller(context: context, headers: request.headers), now: clock.now())
            return try JSONBody.response(
                RegistrationRoutes.Answer(user: UserDocument(user)), headers: [.cacheControl: "no-store"])
        }
    }

    private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(ConfirmBody.self, from: request, context: context)
        return try await answering {
            try await accounts.confirmEmail(
                link: body.token, caller: Caller(context: context, headers: request.headers), now: clock.now())
            return Response(status: .noContent)
        }
    }

    private func changePassword(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(ChangePasswordBody.self, from: request, context: context)
        try body.oldPassword?.checkBound()
        try body.newPassword.checkBound()
        return try await answering {
            let now = clock.now()
            let live = try await live(context, now)
            try await own.changePassword(
                of: live.user, session: live.session, from: body.oldPassword,
                to: body.newPassword, answer: try body.answer.given(), caller: context.caller(request), now: now)
            return Response(status: .noContent)
        }
    }

    private func changeEmail(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(ChangeEmailBody.self, from: request, context: context)
        try body.password?.checkBound()
        return try await answering {
            let now = clock.now()
            let live = try await live(context, now)
            try await own.askForEmailChange(
                of: live.user, session: live.session, to: body.email, password: body.password,
                answer: try body.answer.given(), caller: context.caller(request), now: now)
            return try JSONBody.response(Mailed(), status: .accepted, headers: [.cacheControl: "no-store"])
        }
    }

    private func live(_ context: SessionContext, _ now: Int64) async throws -> (session: Session, user: User) {
        guard let live = try await sessions.live(id: context.sessionID, now: now) else {
            throw Refusal(.sessionEnded, "The session has ended. Log in again.")
        }
        return live
    }

    private func answering(_ work: () async throws -> Response) async throws -> Response {
        do {
            return try await work()
        } catch let failure as AccountService.Failure {
            throw Refusal(failure)
        } catch let failure as OwnAccountService.Failure {
            throw Refusal(failure)
        } catch let failure as LoginService.Failure {
            throw Refusal(confirming: failure)
        }
    }
}

import HTTPKit

// How this portal's failures are answered: one total switch each.

extension Refusal {
    init(_ failure: LoginService.Failure) {
        switch failure {
        case .invalidCredentials:
            self.init(.invalidCredentials, "The email address or the password is wrong.")
        case .tooManyAttempts(let retryAfter):
            self.init(
                .rateLimited, "Too many attempts. Try again in \(retryAfter) seconds.", retryAfter: retryAfter)
        case .busy:
            self.init(.unavailable, "Many people are signing in right now. Try again in a moment.", retryAfter: 1)
        case .secondFactorNeeded(nil): self.init(SecondFactorVerifier.Failure.missing)
        case .secondFactorNeeded(let ticket?):
            self.init(
                .secondFactorRequired,
                ticket.isForEnrolment
                    ? "This account must have a second factor: set one up with the ticket, then send a code of it."
                    : "Send the ticket with a code of the second factor.")
        case .secondFactorRejected: self.init(SecondFactorVerifier.Failure.rejected)
        case .unverified:
            self.init(
                .forbidden, "Verify your email address first: a mail with a link is on its way to you.")
        case .signInAgain:
            self.init(
                .forbidden,
                "You signed in a while ago, and have no password to give once more. Sign out, sign in, and do it then.")
        }
    }

    init(_ failure: RefreshService.Failure) {
        switch failure {
        case .invalid:
            self.init(.invalidRefreshToken, "The refresh token is unknown or has expired. Log in again.")
        case .sessionEnded:
            self.init(.sessionEnded, "The session has ended. Log in again.")
        }
    }

    init(_ failure: RegistrationService.Failure) {
        switch failure {
        case .invalid(let fields):
            self.init(.invalidInput, "Some fields can't be accepted.", fields: fields)
        case .emailTaken:
            self.init(.conflict, "There is an account with this email address. Log in, or use another address.")
        case .tooManyAttempts(let retryAfter):
            self.init(
                .rateLimited, "Too many registrations. Try again in \(retryAfter) seconds.", retryAfter: retryAfter)
        case .busy:
            self.init(.unavailable, "Many people are signing in right now. Try again in a moment.", retryAfter: 1)
        case .noMail:
            self = .noMail
        }
    }

    /// Whoever runs the portal can mend it; who asks can't.
    static var noMail: Refusal {
        Refusal(
            .unavailable, "This portal can't send mails, and this needs one. Tell who runs it: MAIL_URL is not set.")
    }
}

extension Password {
    /// Before anything is done with it: a hash of megabytes is work for us and none for who sends them.
    func checkBound() throws(Refusal) {
        guard isTooLong else { return }
        throw Refusal(
            .invalidInput, "The password is too long.",
            fields: ["password": "must be at most \(Password.maximumBytes) bytes"])
    }
}

import HTTPKit

extension Refusal {
    init(_ failure: AccountService.Failure) {
        switch failure {
        case .badLink:
            self.init(
                .invalidInput, "The link is not good any more. Ask for a new one.",
                fields: ["token": "is unknown, used, or too old"])
        case .invalid(let fields):
            self.init(.invalidInput, "Some fields can't be accepted.", fields: fields)
        case .wrongPassword:
            self.init(.invalidCredentials, "The password is wrong.")
        case .tooManyAttempts(let retryAfter):
            self.init(
                .rateLimited, "Too many attempts. Try again in \(retryAfter) seconds.", retryAfter: retryAfter)
        case .busy:
            self.init(.unavailable, "Many people are signing in right now. Try again in a moment.", retryAfter: 1)
        case .noMail:
            self = .noMail
        }
    }
}

extension Refusal {
    init(_ failure: OwnAccountService.Failure) {
        switch failure {
        case .invalid(let fields):
            self.init(.invalidInput, "Some fields can't be accepted.", fields: fields)
        case .overtaken:
            self.init(.conflict, "The account was changed meanwhile. Try again.")
        case .noMail:
            self = .noMail
        }
    }
}

import HTTPKit

// How logins through providers are refused: one total switch each. What people read says what to do; which check failed
// is in the audit trail, for operators.

extension Refusal {
    init(_ failure: FederatedLogin.Failure) {
        switch failure {
        case .refused(let fault): self.init(fault)
        case .tooManyAttempts(let retryAfter):
            self.init(
                .rateLimited, "Too many attempts. Try again in \(retryAfter) seconds.", retryAfter: retryAfter)
        case .secondFactorNeeded(let ticket, _): self.init(LoginService.Failure.secondFactorNeeded(ticket))
        }
    }

    init(_ fault: OIDCFault) {
        switch fault {
        case .flowUnknown:
            self.init(
                .malformedRequest,
                "This sign-in has expired, was finished already, or was begun in another browser. Go back and begin again.",
                cause: fault.word)
        case .denied:
            self.init(
                .forbidden,
                "The provider was told not to share your account. Go back and begin again, or sign in otherwise.",
                cause: fault.word)
        case .issuerMismatch, .malformedAnswer:
            self.init(
                .malformedRequest, "The provider's answer is not one to this sign-in. Go back and begin again.",
                cause: fault.word)
        case .providerError, .misconfigured:
            self.init(
                .badGateway, "The provider could not sign you in. Try again, or sign in otherwise.", cause: fault.word)
        case .unavailable:
            self.init(
                .unavailable, "The provider does not answer now. Try again, or sign in otherwise.", cause: fault.word,
                retryAfter: 10)
        case .codeRefused:
            self.init(
                .malformedRequest, "The provider says that this sign-in was finished already. Go back and begin again.",
                cause: fault.word)
        case .idToken(let fault):
            self.init(
                .invalidCredentials,
                "What the provider says of you can't be believed. Begin again; tell your"
                    + " administrator if it stays.", cause: fault.rawValue)
        case .account(let fault): self.init(fault)
        case .sessionChanged:
            self.init(
                .forbidden,
                "You are not signed in as who began this, so nothing was linked. Sign in, and begin again on the page of"
                    + " your account.", cause: fault.word)
        }
    }

    private init(_ fault: AccountFault) {
        let detail =
            switch fault {
            case .emailMissing: "The provider does not say your email address. Allow it to, and begin again."
            case .emailUnverified:
                "The provider has not verified your email address. Verify it there, and begin again."
            case .domain: "Accounts of your organisation are not for this portal. Use another account."
            case .unknown: "Nobody here has your email address. Ask an administrator to invite you."
            case .disabled: "Your account here is disabled. Ask an administrator."
            case .linkingOff: "This provider does not open your account. Sign in with your password."
            case .taken:
                "That account at the provider opens another account here. Sign in with it, unlink it there, and begin"
                    + " again."
            case .tooMany: "Your account has as many linked accounts as it may have. Unlink one first."
            case .ownAddressUnverified:
                "Your email address was never confirmed here. Ask for a new password on the sign-in page: following the"
                    + " link of that mail confirms it."
            }
        self.init(.forbidden, detail, cause: fault.rawValue)
    }
}

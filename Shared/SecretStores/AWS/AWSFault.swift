/// Why a call to AWS gave nothing.
enum AWSFault: Error, Sendable, Hashable {
    /// AWS answered, with one of its error codes (`ResourceNotFoundException`), or `HTTP 400` where it named none.
    case refused(code: String, status: Int)
    /// There is nothing to sign with, for a reason that waiting does not mend.
    case noCredentials(reason: String)
    /// The network, an endpoint of credentials, or an answer that can't be read.
    case unavailable(reason: String)

    /// What the services of AWS call one and the same trouble.
    enum Kind: Sendable { case absent, denied, throttled, expiredCredentials, invalidRequest, exists, other }

    var kind: Kind {
        guard case .refused(let code, let status) = self else { return .other }
        switch code {
        case "ResourceNotFoundException", "NotFoundException": return .absent
        case "AccessDeniedException", "AccessDenied", "DecryptionFailure", "EncryptionFailure", "IncompleteSignature",
            "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch", "MissingAuthenticationToken",
            "MissingAuthenticationTokenException", "NotAuthorized", "OptInRequired", "UnrecognizedClientException":
            return .denied
        case "ExpiredTokenException", "ExpiredToken", "RequestExpired": return .expiredCredentials
        case "ThrottlingException", "Throttling", "ThrottledException", "TooManyRequestsException",
            "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown":
            return .throttled
        case "InvalidRequestException", "InvalidParameterException", "ValidationException": return .invalidRequest
        case "ResourceExistsException": return .exists
        default: return status == 401 || status == 403 ? .denied : .other
        }
    }

    /// For logs and diagnostics: names codes and settings, never what was sent.
    var reason: String {
        switch self {
        case .refused(let code, _) where Self.signatureCodes.contains(code):
            "AWS refuses the signature (\(code)): a wrong secret key, or a clock that is more than 5 minutes off"
        case .refused("DecryptionFailure", _), .refused("EncryptionFailure", _):
            "its KMS key can't be used by these credentials"
        case .refused(let code, _) where kind == .throttled: "AWS throttles these calls (\(code))"
        case .refused(let code, _): "AWS refuses the call (\(code))"
        case .noCredentials(let reason), .unavailable(let reason): reason
        }
    }

    private static let signatureCodes: Set<String> = [
        "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature",
    ]
}

/// What somebody gives beside their password.
enum SecondFactorAnswer: Sendable, CustomStringConvertible {
    /// Of the authenticator app, as typed; spaces don't count.
    case code(String)
    /// Nil: nothing that could be one.
    case recoveryCode(RecoveryCode?)

    static let maximumBytes = 100

    /// Nil unless exactly one of them is there.
    init?(code: String?, recoveryCode: String?) {
        switch (code, recoveryCode) {
        case (let code?, nil):
            // No code is as long; it is wrong like any other.
            self = .code(code.utf8.count > Self.maximumBytes ? "" : code.filter { $0 != " " })
        case (nil, let recoveryCode?): self = .recoveryCode(RecoveryCode(typed: recoveryCode))
        case (nil, nil), (_?, _?): return nil
        }
    }

    var description: String {
        switch self {
        case .code: "code"
        case .recoveryCode: "recovery code"
        }
    }
}

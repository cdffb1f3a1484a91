import NIOPosix

/// What a new password is held to, wherever one is set: the policy, and the operator's list of breached ones.
struct PasswordCheck: Sendable {
    var breached: BreachedPasswords?

    /// - Parameter email: whose password it is to be; nil where that isn't known.
    /// - Returns: nil for one that is good.
    func violation(of password: Password, for email: EmailAddress?) async throws -> PasswordPolicy.Violation? {
        do throws(PasswordPolicy.Violation) {
            try PasswordPolicy.check(password, for: email)
        } catch {
            return error
        }
        guard let breached else { return nil }
        // Reads a file: not on a thread that others wait for.
        return try await NIOThreadPool.singleton.runIfActive { try breached.contains(password) } ? .breached : nil
    }
}

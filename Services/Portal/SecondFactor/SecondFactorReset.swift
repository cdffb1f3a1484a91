/// For somebody whose phone and paper are gone.
struct SecondFactorReset: Sendable {
    let store: SecondFactorStore
    let entropy: Entropy

    /// Whether the administrator may, the caller has asked. The account signs in with its password alone from then on,
    /// or enrols anew where its roles must have a second factor.
    /// - Returns: false where there was none.
    func reset(userID: String, by administrator: User, caller: Caller, now: Int64) async throws -> Bool {
        guard let user = try await store.find(userID: userID) else { return false }
        return try await store.remove(
            userID: userID,
            event: AuditEvent(
                .secondFactorReset, .success, actor: administrator.id, subject: user.email, caller: caller,
                entropy: entropy, now: now))
    }
}

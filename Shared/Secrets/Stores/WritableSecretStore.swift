/// A store that rotation, `lockstep secret put` and the like may write to.
package protocol WritableSecretStore: SecretSource {
    /// Replaces the whole of what lies there, or nothing of it.
    /// - Parameter revision: of the reading that the change was made from; nil where nothing may lie there yet. Anything
    ///   else lying there is `StoreWriteError.changed`, and nothing is written.
    /// - Returns: the new revision. A `read` that follows finds it, or the write has thrown.
    func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String
}

/// Why a store was not written to. Reasons hold no byte of a value.
package enum StoreWriteError: Error, Sendable, Hashable {
    /// Somebody else wrote in between.
    case changed
    case denied(reason: String)
    case unavailable(reason: String)
    /// The store can't hold this (its size, its layout).
    case unfit(reason: String)
}

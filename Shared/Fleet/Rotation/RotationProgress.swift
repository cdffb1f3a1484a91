package import Secrets

/// What a rotation says of itself on its way.
package enum RotationProgress: Sendable, Hashable {
    /// Another one takes steps; who, in words.
    case waitingForLease(String)
    /// A step was written; `phase` is what the ring is in now.
    case wrote(RotationMachine.Change, phase: RotationMachine.Phase, from: KeyID, to: KeyID)
    /// Every issuer signs with the new key.
    case confirmed(KeyID)
    case waiting([RotationBlocker])
    /// Until tokens of the old key have run out; seconds that are left.
    case waitingForTokens(seconds: Int64)
    /// Keeper or store can't be asked now; it is tried again.
    case retrying(String)
}

/// How it ended.
package enum RotationOutcome: Sendable, Hashable {
    /// The goal is reached.
    case done(current: KeyID, phase: RotationMachine.Phase)
    /// It would be wrong to go on; nothing is half done.
    case refused(String)
    /// The time is over. What is done stays, and the same command goes on from there.
    case timedOut(phase: RotationMachine.Phase?, blockers: [RotationBlocker], reason: String)
}

/// How much a loop knows of what makes verdicts worthless: the version of its ring, and the revocations it was told of.
///
/// Loops learn of both one after the other. A verdict from before a change that the asker knows of is not kept by it, and
/// no later question joins the call that it came from.
package struct Epoch: Equatable, Sendable {
    package private(set) var ring: UInt64
    package private(set) var revocations: UInt64

    package init(ring: UInt64, revocations: UInt64 = 0) {
        self.ring = ring
        self.revocations = revocations
    }

    package mutating func ringChanged(to version: UInt64) { ring = max(ring, version) }
    package mutating func revoked() { revocations += 1 }

    /// Whether what began in this epoch began after all that `other` knows of.
    package func covers(_ other: Epoch) -> Bool { ring >= other.ring && revocations >= other.revocations }

    /// The epoch of what begins now, on a loop with this epoch, for one with the other.
    package func merged(with other: Epoch) -> Epoch {
        Epoch(ring: max(ring, other.ring), revocations: max(revocations, other.revocations))
    }
}

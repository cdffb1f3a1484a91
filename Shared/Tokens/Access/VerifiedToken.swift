/// What a verification came to, and how long it may be remembered.
package struct VerifiedToken: Sendable, Hashable {
    package let identity: Identity
    /// Seconds since the epoch at which verifying again would come to the same while keys and policy stay: from the token's
    /// own times with the leeway, and not beyond the retirement of the key that verified it.
    package let validity: Range<Int64>
}

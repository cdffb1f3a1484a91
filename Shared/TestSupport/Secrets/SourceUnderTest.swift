package import Secrets

/// A kind of `SecretSource`, and ways to put each situation of the conformance suite before it.
///
/// What can't be made for a kind stays nil, and `SourceCheck.applies(to:)` leaves that check out; everything else must
/// hold for every kind.
package struct SourceUnderTest: Sendable, CustomStringConvertible {
    /// Puts a secret in place of what lies there, or takes it away.
    package typealias Change = @Sendable ([UInt8]?) async throws -> Void

    package let name: String
    package var description: String { name }

    /// A source in which these bytes lie; nil: nothing does.
    package var holding: @Sendable ([UInt8]?) async throws -> any SecretSource
    /// False where the place takes no value of no bytes (AWS does not).
    package var takesEmptyValues = true
    /// False where only text can lie there (a JSON field).
    package var takesBinaryValues = true

    /// A source that this process may not read.
    package var denied: (@Sendable () async throws -> any SecretSource)?
    /// One whose place takes longer to answer than the source waits.
    package var slow: (@Sendable () async throws -> any SecretSource)?
    /// One whose place nobody answers at.
    package var unreachable: (@Sendable () async throws -> any SecretSource)?
    /// One whose place answers what is no answer of its kind: no JSON, no payload, a wrong checksum.
    package var malformed: (@Sendable () async throws -> any SecretSource)?
    /// A source named with the version that holds the first bytes, while the newest version holds the second.
    package var pinned: (@Sendable ([UInt8], [UInt8]) async throws -> any SecretSource)?
    /// A source in which these bytes lie, and a way to change what lies there.
    package var changing: (@Sendable ([UInt8]) async throws -> (any SecretSource, Change))?
    /// A store to write to, in which nothing lies yet.
    package var writable: (@Sendable () async throws -> any WritableSecretStore)?
    /// Whether that store keeps a next and a previous value beside the current one (`StoredSecret.next`, `.previous`).
    package var keepsNames = true

    package init(
        name: String, holding: @escaping @Sendable ([UInt8]?) async throws -> any SecretSource
    ) {
        self.name = name
        self.holding = holding
    }
}

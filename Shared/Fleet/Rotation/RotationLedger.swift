package import Contracts

/// The fleet keeper as a rotation needs it: over HTTP, or the portal's own store.
package struct RotationLedger: Sendable {
    package let table: @Sendable () async throws(RotationFault) -> FleetTable
    /// Asks for the lease, or for more time with it.
    package let lease: @Sendable (RotationLeaseRequest) async throws(RotationFault) -> RotationLease
    package let release: @Sendable (_ token: String) async throws(RotationFault) -> Void
    /// Remembers how far a rotation has come; refused without the lease.
    package let remember: @Sendable (RotationRecord, _ token: String) async throws(RotationFault) -> Void

    package init(
        table: @escaping @Sendable () async throws(RotationFault) -> FleetTable,
        lease: @escaping @Sendable (RotationLeaseRequest) async throws(RotationFault) -> RotationLease,
        release: @escaping @Sendable (String) async throws(RotationFault) -> Void,
        remember: @escaping @Sendable (RotationRecord, String) async throws(RotationFault) -> Void
    ) {
        self.table = table
        self.lease = lease
        self.release = release
        self.remember = remember
    }
}

/// Why the keeper could not be asked. The text is for operators.
package enum RotationFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// It may answer later.
    case unavailable(String)
    /// Somebody else has the lease.
    case held(String)
    /// It will not answer otherwise later: the internal token, a portal that keeps no table.
    case refused(String)

    package var description: String {
        switch self {
        case .unavailable(let reason), .held(let reason), .refused(let reason): reason
        }
    }
}

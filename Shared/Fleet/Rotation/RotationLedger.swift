package import Contracts

/// Why the fleet keeper did not do what a rotation asked.
package enum RotationFault: Error, Sendable, Equatable {
    /// Somebody else has the lease; the sentence names them.
    case held(String)
    /// The lease is not, or no longer, ours.
    case leaseLost
    /// The keeper can't be asked now.
    case unavailable(String)
    /// It never will: a refused token, no keeper.
    case refused(String)
}

/// The fleet keeper as a rotation sees it: over HTTP, or the portal's own database.
package struct RotationLedger: Sendable {
    package let label: String
    package let table: @Sendable () async throws(RotationFault) -> FleetTable
    package let record: @Sendable () async throws(RotationFault) -> RotationRecord?
    /// With the token of the lease.
    package let put: @Sendable (RotationRecord, String) async throws(RotationFault) -> Void
    package let lease: @Sendable (RotationLeaseRequest) async throws(RotationFault) -> RotationLease
    /// Gives the lease back.
    package let release: @Sendable (String) async throws(RotationFault) -> Void

    package init(
        label: String, table: @escaping @Sendable () async throws(RotationFault) -> FleetTable,
        record: @escaping @Sendable () async throws(RotationFault) -> RotationRecord?,
        put: @escaping @Sendable (RotationRecord, String) async throws(RotationFault) -> Void,
        lease: @escaping @Sendable (RotationLeaseRequest) async throws(RotationFault) -> RotationLease,
        release: @escaping @Sendable (String) async throws(RotationFault) -> Void
    ) {
        self.label = label
        self.table = table
        self.record = record
        self.put = put
        self.lease = lease
        self.release = release
    }
}

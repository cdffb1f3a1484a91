package import Contracts

/// Why the fleet keeper could not be told or asked; the text is for operators.
package struct FleetFault: Error, Sendable, Equatable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// Whoever keeps the fleet table, as its replicas see it: over HTTP (`FleetClient`), or the portal's own store.
package struct FleetKeeper: Sendable {
    /// As log lines name it.
    package let label: String
    package let report: @Sendable (FleetReport) async throws(FleetFault) -> FleetReceipt
    /// Goodbye: a replica that stops, and that nobody need look for.
    package let forget:
        @Sendable (_ service: String, _ instance: String, _ startedAt: Int64?) async throws(FleetFault) -> Void
    package let table: @Sendable () async throws(FleetFault) -> FleetTable

    package init(
        label: String, report: @escaping @Sendable (FleetReport) async throws(FleetFault) -> FleetReceipt,
        forget: @escaping @Sendable (String, String, Int64?) async throws(FleetFault) -> Void,
        table: @escaping @Sendable () async throws(FleetFault) -> FleetTable
    ) {
        self.label = label
        self.report = report
        self.forget = forget
        self.table = table
    }
}

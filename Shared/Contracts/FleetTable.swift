/// The answer of `GET /internal/v1/fleet` at the fleet keeper.
package struct FleetTable: Codable, Sendable, Equatable {
    /// One row.
    package struct Replica: Codable, Sendable, Equatable {
        package var report: FleetReport
        /// `live`; `missing`: it neither reports nor said goodbye, and may be serving behind a partition.
        package var status: String
        /// Seconds since the epoch, by the keeper's clock.
        package var receivedAt: Int64

        package init(report: FleetReport, status: String, receivedAt: Int64) {
            self.report = report
            self.status = status
            self.receivedAt = receivedAt
        }

        package enum CodingKeys: String, CodingKey {
            case report, status
            case receivedAt = "received_at"
        }
    }

    /// The keeper's clock, seconds since the epoch.
    package var now: Int64
    /// Live and missing ones, ordered by service and instance. A replica that said goodbye, or has been missing for
    /// `FLEET_FORGET_SECONDS`, is not among them.
    package var replicas: [Replica]
    /// The one under way, or the last one.
    package var rotation: RotationRecord?

    package init(now: Int64, replicas: [Replica], rotation: RotationRecord? = nil) {
        self.now = now
        self.replicas = replicas
        self.rotation = rotation
    }
}

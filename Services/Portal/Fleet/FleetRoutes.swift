import Contracts
import Fleet
import HTTPKit
import HTTPTypes
import Hummingbird
import Logging
import ServerKit
import ServiceKit
import Storage

/// The fleet keeper's side of the fleet protocol, below /internal/v1, which needs the internal token:
/// `POST fleet/reports`, `DELETE fleet/reports/{service}/{instance}`, `GET fleet`.
struct FleetRoutes: Sendable {
    let store: FleetStore
    let clock: WallClock
    /// The keeper's clock in milliseconds, for clock offsets.
    var milliseconds: @Sendable () -> Int64 = { FleetClock.milliseconds() }
    /// The rotation that the table shows.
    var rotation: @Sendable () async throws -> RotationRecord? = { nil }

    func add(to group: RouterGroup<AppContext>) {
        group.post("fleet/reports") { request, context in try await keep(request, context) }
        group.delete("fleet/reports/:service/:instance") { request, context in try await forget(request, context) }
        group.get("fleet") { _, _ in
            let now = clock.now()
            return try JSONBody.response(
                FleetTable(now: now, replicas: try await store.replicas(now: now), rotation: try await rotation()),
                headers: [.cacheControl: "no-store"])
        }
    }

    private func keep(_ request: Request, _ context: AppContext) async throws -> Response {
        let report = try await JSONBody.decode(
            FleetReport.self, from: request, context: context, limit: FleetReportRules.maximumBytes)
        let faults = FleetReportRules.faults(in: report)
        guard faults.isEmpty else {
            throw Refusal(.invalidInput, "The report can't be accepted.", fields: faults)
        }
        switch try await store.keep(report, now: clock.now()) {
        case .kept:
            return try JSONBody.response(FleetReceipt(nowMilliseconds: milliseconds()))
        case .full:
            throw Refusal(
                .unavailable,
                "The fleet table is full: \(FleetKeepingSettings.maximumReplicas) replicas are live. Forget those that are not yours.",
                cause: "report of \(report.service) \(report.instance)", retryAfter: 60)
        }
    }

    private func forget(_ request: Request, _ context: AppContext) async throws -> Response {
        let service = try context.parameters.require("service")
        let instance = try context.parameters.require("instance")
        guard FleetText.isName(service), FleetText.isName(instance) else {
            throw Refusal(.notFound, "No replica is called that.")
        }
        let startedAt = request.uri.queryParameters["started_at"]
        let time = startedAt.flatMap { Int64($0) }
        guard startedAt == nil || time != nil else {
            throw Refusal(.malformedRequest, "started_at is no number.")
        }
        try await store.forget(service: service, instance: instance, startedAt: time)
        context.logger.info(
            "Fleet: a replica said goodbye, or was forgotten",
            metadata: [
                "service": "\(service)", "replica": "\(instance)",
            ])
        return Response(status: .noContent)
    }
}

/// A customer portal's answer to who takes it for the keeper.
struct NoFleetRoutes: Sendable {
    func add(to group: RouterGroup<AppContext>) {
        let refuse: @Sendable (Request, AppContext) async throws -> Response = { _, _ in
            throw Refusal(
                .notFound,
                "A customer portal keeps no fleet table: name the platform portal first in PORTAL_URLS, or in FLEET_KEEPER_URL."
            )
        }
        group.post("fleet/reports", use: refuse)
        group.delete("fleet/reports/:service/:instance", use: refuse)
        group.get("fleet", use: refuse)
    }
}

extension FleetKeeper {
    /// The portal's own table, where it is the keeper itself.
    init(store: FleetStore, clock: WallClock) {
        self.init(
            label: "this portal",
            report: { report throws(FleetFault) in
                guard try await Self.ask({ try await store.keep(report, now: clock.now()) }) == .kept else {
                    throw FleetFault(reason: "the fleet table is full")
                }
                // One clock: whatever it shows, it is not ahead of itself.
                return FleetReceipt(nowMilliseconds: FleetClock.milliseconds())
            },
            forget: { service, instance, startedAt throws(FleetFault) in
                try await Self.ask {
                    try await store.forget(service: service, instance: instance, startedAt: startedAt)
                }
            },
            table: { () throws(FleetFault) in
                let now = clock.now()
                return FleetTable(now: now, replicas: try await Self.ask { try await store.replicas(now: now) })
            })
    }

    private static func ask<T: Sendable>(_ body: @Sendable () async throws -> T) async throws(FleetFault) -> T {
        do {
            return try await body()
        } catch {
            throw FleetFault(reason: "the database does not answer (\(error))")
        }
    }
}

import Contracts
import Fleet
import ServiceKit

extension RotationLedger {
    /// The keeper's own database, for the portal that rotates by itself.
    /// - Parameter replicas: the fleet table's rows.
    init(
        store: RotationStore, clock: WallClock, entropy: Entropy,
        replicas: @escaping @Sendable () async throws -> [FleetTable.Replica]
    ) {
        self.init(
            label: "this portal",
            table: { () throws(RotationFault) in
                FleetTable(
                    now: clock.now(), replicas: try await Self.ask(replicas))
            },
            record: { () throws(RotationFault) in try await Self.ask { try await store.record() } },
            put: { record, token throws(RotationFault) in
                guard try await Self.ask({ try await store.keep(record, token: token, now: clock.now()) }) else {
                    throw .leaseLost
                }
            },
            lease: { request throws(RotationFault) in
                let answer = try await Self.ask {
                    try await store.lease(request, newToken: entropy.identifier(), now: clock.now())
                }
                switch answer {
                case .granted(let lease): return lease
                case .held(let holder, _): throw .held("\(holder) rotates")
                case .lost: throw .leaseLost
                }
            },
            release: { token throws(RotationFault) in try await Self.ask { try await store.release(token) } })
    }

    private static func ask<T: Sendable>(_ body: @Sendable () async throws -> T) async throws(RotationFault) -> T {
        do {
            return try await body()
        } catch {
            throw .unavailable("the database does not answer (\(error))")
        }
    }
}

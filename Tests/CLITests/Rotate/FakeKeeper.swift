import Contracts
import Fleet
import Foundation
import Secrets
import Synchronization
import TestSupport

@testable import CLI

/// A fleet keeper in this process: its fleet holds what `follow` last showed it, and its clock moves by hand.
final class FakeKeeper: Sendable {
    static let internalToken = "internal-token-internal-token-internal"

    struct State {
        var now: Int64 = 1_800_000_000
        var keys: [FleetKey] = []
        var record: RotationRecord?
        var lease: RotationLease?
        /// Who else holds the lease.
        var other: String?
        var paths: [String] = []
        var answer: UpstreamServer.Answer?
        /// Instances that hold the current key alone.
        var lagging: Set<String> = []
        var delivery = "watched"
        var layouts = ["jwks", "names"]
    }

    private let state = Mutex(State())

    var record: RotationRecord? { state.withLock { $0.record } }
    /// What was asked of it, in order.
    var paths: [String] { state.withLock { $0.paths } }
    var isLeased: Bool { state.withLock { $0.lease != nil } }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    /// Every replica now holds what lies there.
    func follow(_ store: MemoryStore) async throws {
        let stored: StoredSecret
        switch await store.read() {
        case .found(let bytes, _): stored = StoredSecret(current: bytes)
        case .staged(let found, _): stored = found
        default: throw RotationFault.unavailable("store")
        }
        let document = try RingDocument(stored, algorithm: .hs256, environment: .production, label: "store")
        change { state in
            state.keys = document.keys.map {
                FleetKey(
                    kid: $0.id.rawValue, algorithm: $0.algorithm.rawValue, state: $0.state.rawValue, verified: true)
            }
        }
    }

    func answer(_ request: UpstreamServer.Received) -> UpstreamServer.Answer {
        state.withLock { state in
            state.paths.append("\(request.method) \(request.path)")
            if let answer = state.answer { return answer }
            guard request.values("authorization") == ["Bearer " + Self.internalToken] else {
                return .json("{}", status: 401)
            }
            switch (request.method, request.path) {
            case ("GET", "/internal/v1/fleet"): return Self.json(table(state))
            case ("GET", RotationHTTPLedger.recordPath):
                return state.record.map { Self.json($0) } ?? .respond(status: 204)
            case ("PUT", RotationHTTPLedger.recordPath):
                guard request.values(RotationHTTPLedger.leaseHeader) == [state.lease?.token ?? ""],
                    let record = try? JSONDecoder().decode(RotationRecord.self, from: Data(request.body))
                else { return .json("{}", status: 412) }
                state.record = record
                return .respond(status: 204)
            case ("POST", RotationHTTPLedger.leasePath):
                if let other = state.other {
                    return Self.json(
                        Problem(
                            type: "about:blank", title: "Conflict", status: 409, detail: "\(other) rotates",
                            instance: request.path, code: "conflict", requestID: "r"), status: 409)
                }
                guard
                    let wanted = try? JSONDecoder().decode(RotationLeaseRequest.self, from: Data(request.body))
                else { return .json("{}", status: 422) }
                let lease = RotationLease(
                    token: "lease-1", holder: wanted.holder, expiresAt: state.now + wanted.seconds)
                state.lease = lease
                return Self.json(lease)
            case ("DELETE", RotationHTTPLedger.leasePath):
                state.lease = nil
                return .respond(status: 204)
            default: return .json("{}", status: 404)
            }
        }
    }

    private func table(_ state: State) -> FleetTable {
        FleetTable(
            now: state.now,
            replicas: ["gateway-1", "portal-1"].map { instance in
                let isIssuer = instance == "portal-1"
                let isLagging = state.lagging.contains(instance)
                return FleetTable.Replica(
                    report: FleetReport(
                        service: isIssuer ? "platform-portal" : "gateway", instance: instance,
                        environment: "production", source: "store", delivery: state.delivery, ringVersion: 1,
                        ringAge: 0, keys: state.keys.filter { !isLagging || $0.state == "current" },
                        issuer: isIssuer ? "lockstep-platform" : nil, longestToken: isIssuer ? 60 : nil, leeway: 5,
                        agreement: "agreed", layouts: state.layouts, build: "t", startedAt: 0),
                    status: "live", receivedAt: state.now)
            })
    }

    private static func json(_ value: some Encodable, status: Int = 200) -> UpstreamServer.Answer {
        // Texts and whole numbers always encode.
        .json((try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "", status: status)
    }
}

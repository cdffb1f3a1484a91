package import Contracts
package import HTTPKit
package import Secrets

/// Whether an issuer's ring agrees with the fleet's table: those who verify its tokens must hold the key that it signs
/// with, and be of its environment (DESIGN §7).
///
/// What counts are live replicas that serve: one that is held back speaks against nobody. Where as many serve without
/// the key as with it, or more, the issuer is the odd one; where fewer, they are, and holding the issuer back would let
/// one wrong replica take the fleet down.
package enum FleetStanding {
    /// At most so many replicas are named.
    private static let named = 5

    /// - Parameters:
    ///   - ring: the issuer's own.
    ///   - issuer: what it signs as; other replicas that sign as that count too.
    package static func judge(
        _ table: FleetTable, ring: KeyRing, service: String, instance: String, issuer: String
    ) -> FleetVerdict {
        guard let current = ring.current else {
            return .disagreed(reason: "this service holds no key to sign with", comparison: "source \(ring.source)")
        }
        let names = Set(current.names.map(\.rawValue))
        let others = table.replicas.filter { replica in
            let report = replica.report
            return replica.status == "live" && report.ready
                && (report.issuer == nil || report.issuer == issuer)
                && (report.service != service || report.instance != instance)
        }
        let against = others.filter { !holds($0.report, names, environment: ring.environment.rawValue) }
        guard !against.isEmpty, against.count * 2 >= others.count else { return .agreed }
        return .disagreed(
            reason: "\(against.count) of \(others.count) live replicas do not hold the key that this issuer signs with",
            comparison: """
                this issuer signs with \(current.publishedID) from \(ring.source) for \(ring.environment.rawValue); \
                \(against.prefix(named).map { describe($0.report) }.joined(separator: "; "))\
                \(against.count > named ? "; and \(against.count - named) more" : "")
                """)
    }

    private static func holds(_ report: FleetReport, _ names: Set<String>, environment: String) -> Bool {
        report.environment == environment
            && report.keys.contains { key in
                key.state != "revoked" && (names.contains(key.kid) || key.aliases.contains(where: names.contains))
            }
    }

    private static func describe(_ report: FleetReport) -> String {
        let keys = report.keys.map { "\($0.kid) (\($0.state))" }.joined(separator: ", ")
        return """
            \(report.service) \(report.instance) holds \(keys.isEmpty ? "no key" : keys) from \(report.source) for \
            \(report.environment)
            """
    }
}

extension FleetCheck {
    /// Asks the keeper each time.
    package init(keeper: FleetKeeper, service: String, instance: String, issuer: String) {
        let instance = FleetText.name(instance)
        self.init(label: "\(keeper.label)\(FleetClient.tablePath)") { ring in
            do throws(FleetFault) {
                return FleetStanding.judge(
                    try await keeper.table(), ring: ring, service: service, instance: instance, issuer: issuer)
            } catch {
                return .unreachable("the fleet keeper can't be asked: \(error.reason)")
            }
        }
    }
}

import FoundationEssentials
package import ServiceKit

/// JSON bodies of /health and /ready, for any server framework.
package enum HealthDocument {
    private struct Health: Encodable {
        var status = "ok"
        var service: String
        var version: String
    }

    private struct Ready: Encodable {
        struct Check: Encodable {
            var name: String
            /// `ready`, `warning`, `not_ready`
            var status: String
            var code: String?
            var detail: String?
        }
        var status: String
        var service: String
        /// The first check that is not ready.
        var code: String?
        var checks: [Check]?
    }

    package static func health(service: String) -> [UInt8] {
        encode(Health(service: service, version: BuildInfo.version))
    }

    /// - Parameter details: only for the internal token or in development.
    package static func ready(_ readiness: Readiness, service: String, details: Bool) -> (ready: Bool, body: [UInt8]) {
        let checks = readiness.checks
        var firstCode: String?
        var shown: [Ready.Check] = []
        for check in checks {
            switch check.status {
            case .ready: shown.append(.init(name: check.name, status: "ready"))
            case .warning(let code, let detail):
                shown.append(.init(name: check.name, status: "warning", code: code, detail: detail))
            case .notReady(let code, let detail):
                firstCode = firstCode ?? code
                shown.append(.init(name: check.name, status: "not_ready", code: code, detail: detail))
            }
        }
        let document = Ready(
            status: firstCode == nil ? "ready" : "not_ready", service: service, code: firstCode,
            checks: details ? shown : nil)
        return (firstCode == nil, encode(document))
    }

    private static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings always encode; the empty object stands for what can't happen.
        return (try? encoder.encode(value)).map(Array.init) ?? Array("{}".utf8)
    }
}

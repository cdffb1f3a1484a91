import HTTPKit
import NIOHTTP1

/// `cors`.
struct CORSReading {
    let members: RouteMembers

    func read(_ route: Route) -> CORSPolicy? {
        let names = ["origins", "methods", "headers", "expose", "credentials", "max_age"]
        guard let own = members.members("cors", names: names) else { return nil }
        let credentials = own.flag("credentials") ?? false
        let methods = methods(own, route)
        let headers = fieldNames("headers", own, credentials)
        let expose = fieldNames("expose", own, credentials)
        let age = own.seconds("max_age", in: 0...86_400) ?? 600
        guard let origins = origins(own, credentials) else { return nil }
        return CORSPolicy(
            origins: origins, methods: methods, headers: headers, expose: expose, credentials: credentials,
            maximumAge: age)
    }

    private func origins(_ own: RouteMembers, _ credentials: Bool) -> CORSPolicy.Origins? {
        guard own.node("origins") != nil else {
            own.fault("origins", "has no \"origins\"", "write those that may read answers, https://…")
            return nil
        }
        let what = "origins as browsers send them, https://name[:port], or \"*\""
        guard let texts = own.texts("origins", what: what, isSound: { $0 == "*" || Self.isOrigin($0) }) else {
            return nil
        }
        guard texts.contains("*") else { return .these(Set(texts)) }
        if texts.count > 1 { own.fault("origins", "has \"*\" beside others", "keep \"*\" alone, or the others") }
        if credentials {
            own.fault("credentials", "lets every origin read with credentials", "name the origins")
        }
        return .any
    }

    /// RFC 6454 §6.2: without path, without the scheme's own port. `null` is every sandboxed page there is.
    private static func isOrigin(_ text: String) -> Bool {
        guard let origin = Origin(text), origin.basePath.isEmpty else { return false }
        let isName = HostPattern(origin.host).map { !$0.isWildcard } ?? false
        // What is compared byte by byte can't hold a wildcard: it would never match.
        return origin.text == text && (isName || IPAddress(origin.host)?.isV4 == false)
    }

    private func methods(_ own: RouteMembers, _ route: Route) -> [String] {
        let served = route.methods?.map(\.rawValue)
        guard own.node("methods") != nil else { return served ?? ["GET", "HEAD", "POST"] }
        let names = own.texts("methods", what: "method names in capitals") {
            !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A || $0 == 0x2D }
        }
        for name in names ?? [] where served?.contains(name) == false {
            own.fault("methods", "allows \(name), which the route does not serve", "correct one of the two lists")
        }
        return names ?? []
    }

    private func fieldNames(_ name: String, _ own: RouteMembers, _ credentials: Bool) -> [String] {
        let names = own.texts(name, what: "field names, or \"*\"") { text in
            !text.isEmpty
                && text.utf8.allSatisfy {
                    $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || "*-_".utf8.contains($0)
                }
        }
        if credentials, names?.contains("*") == true {
            // With credentials Fetch takes it for a header of that name.
            own.fault(name, "has \"*\" with credentials, where it means nothing", "name the headers")
        }
        return names ?? []
    }
}

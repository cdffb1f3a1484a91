/// Names that only the gateway may set towards an upstream (DESIGN §6).
package enum ManagedHeader {
    package static let gateway = "X-Gateway"
    package static let gatewayAssertion = "X-Gateway-Assertion"
    package static let userID = "X-User-Id"
    package static let userEmail = "X-User-Email"
    package static let userRoles = "X-User-Roles"
    package static let customerID = "X-Customer-Id"
    package static let customerPlan = "X-Customer-Plan"
    package static let enrichment = "X-Enrichment"
    package static let originalAuthorization = "X-Original-Authorization"
    package static let requestID = "X-Request-Id"

    package static let all: [String] = [
        gateway, gatewayAssertion, userID, userEmail, userRoles, customerID, customerPlan, enrichment,
        originalAuthorization, requestID,
    ]

    /// Whole families: a name that a later version sets is already closed to clients.
    package static let families = ["x-gateway-", "x-user-", "x-customer-", "x-enrichment-"]
    private static let familyBytes: [[UInt8]] = families.map { Array($0.utf8) }
    private static let names: [[UInt8]] = all.map { Array($0.lowercased().utf8) }

    // Concrete at the module's border, so that the gateway calls code that was compiled for a String.

    /// In every spelling: case, and any other byte than a letter or digit for `-`. (An upstream behind CGI or WSGI may see
    /// them all as one variable.)
    package static func isManaged(_ name: String) -> Bool { isManaged(utf8: name.utf8) }

    /// On bytes, without an allocation; for the gateway's hot path.
    package static func isManaged(utf8 name: some Collection<UInt8>) -> Bool {
        // Every name starts with "x-": nearly all headers are told apart by their first byte.
        guard let first = name.first, first | 0x20 == UInt8(ascii: "x") else { return false }
        return names.contains { matches(name, $0, whole: true) }
            || familyBytes.contains { matches(name, $0, whole: false) }
    }

    /// Names that the gateway rebuilds from what it knows of the connection: `Forwarded`, `X-Forwarded-*` and what
    /// proxies use for the same, in every spelling. A client's are believed from TRUSTED_PROXIES alone.
    package static func isForwarding(_ name: String) -> Bool { isForwarding(utf8: name.utf8) }

    /// In lower case.
    package static let forwardingNames = [
        "forwarded", "x-forwarded", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip",
    ]
    /// What names of the family begin with.
    package static let forwardingFamily = "x-forwarded-"
    private static let forwardingNameBytes: [[UInt8]] = forwardingNames.map { Array($0.utf8) }
    private static let forwardingFamilyBytes = Array(forwardingFamily.utf8)

    /// On bytes, without an allocation.
    package static func isForwarding(utf8 name: some Collection<UInt8>) -> Bool {
        switch name.first.map({ $0 | 0x20 }) {
        case UInt8(ascii: "f"), UInt8(ascii: "t"), UInt8(ascii: "x"): break
        default: return false
        }
        return matches(name, forwardingFamilyBytes, whole: false)
            || forwardingNameBytes.contains { matches(name, $0, whole: true) }
    }

    private static func matches(_ name: some Collection<UInt8>, _ known: [UInt8], whole: Bool) -> Bool {
        var position = 0
        for byte in name {
            if position == known.count { return !whole }
            let folded: UInt8 =
                switch byte {
                case 0x41...0x5A: byte | 0x20
                case 0x30...0x39, 0x61...0x7A: byte
                default: UInt8(ascii: "-")
                }
            if folded != known[position] { return false }
            position += 1
        }
        // A family's bare prefix ("X-User-") is closed too.
        return position == known.count
    }
}

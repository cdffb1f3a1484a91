import Contracts

/// Which issuers a verifier trusts, and for which roles (`JWT_TRUSTED_ISSUERS`).
package struct TrustedIssuers: Sendable, Hashable {
    /// Which roles an issuer may grant.
    package enum Grants: String, Sendable {
        /// Any role but those of customers.
        case platform
        /// `customer` and what starts with `customer_`, no other.
        case customer
        case all

        package func allow(_ role: String) -> Bool {
            switch self {
            case .platform: !Role.isCustomer(role)
            case .customer: Role.isCustomer(role)
            case .all: true
            }
        }
    }

    package let grants: [String: Grants]

    package init(_ grants: [String: Grants]) { self.grants = grants }

    package static let suite = TrustedIssuers(["lockstep-platform": .platform, "lockstep-customer": .customer])

    /// Reads `lockstep-platform=platform,lockstep-customer=customer`. A name without grants is refused: which roles an
    /// issuer may grant is never a default. Spaces around names are allowed.
    package static func parse(_ text: String) -> Result<TrustedIssuers, TrustedIssuersFault> {
        var grants: [String: Grants] = [:]
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            // A second `=` is more likely a forgotten comma than a name.
            guard let separator = entry.firstIndex(of: "="), separator == entry.lastIndex(of: "=") else {
                return .failure(TrustedIssuersFault(reason: "an entry is not NAME=platform|customer|all"))
            }
            let name = trimmed(entry[..<separator])
            guard ClaimText.isPlain(name) else {
                return .failure(TrustedIssuersFault(reason: "an issuer's name is missing or not plain text"))
            }
            guard let grant = Grants(rawValue: trimmed(entry[entry.index(after: separator)...])) else {
                return .failure(
                    TrustedIssuersFault(
                        reason: "the roles of \(DisplayText.of(name)) are none of platform, customer, all"))
            }
            guard grants.updateValue(grant, forKey: name) == nil else {
                return .failure(TrustedIssuersFault(reason: "\(DisplayText.of(name)) is named twice"))
            }
        }
        return .success(TrustedIssuers(grants))
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// Why `JWT_TRUSTED_ISSUERS` can't be read.
package struct TrustedIssuersFault: Error, Sendable {
    package let reason: String
}

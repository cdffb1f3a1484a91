/// What a token is for. Each kind has its own `typ`, audience and profile, so that none passes for another
/// (RFC 8725 §3.11).
package enum TokenKind: String, Sendable, CaseIterable {
    case access = "at+jwt"
    case probe = "probe+jwt"
    case gatewayAssertion = "gateway-assertion+jwt"
    /// RFC 8417 §2.3.
    case securityEvent = "secevent+jwt"
}

/// What the `typ` of a header says.
enum TokenType: Sendable, Equatable {
    case absent
    /// `JWT`, as issuers wrote before kinds had names (RFC 7519 §5.1).
    case plain
    case kind(TokenKind)
    case other(String)

    /// Media types compare without regard to case, and `application/` may be left out (RFC 7515 §4.1.9).
    init(_ text: String) {
        var name = text.lowercased()
        if name.hasPrefix("application/") { name.removeFirst("application/".count) }
        if name == "jwt" {
            self = .plain
        } else if let kind = TokenKind(rawValue: name) {
            self = .kind(kind)
        } else {
            self = .other(DisplayText.of(text))
        }
    }

    /// Access tokens of older issuers say `JWT` or nothing; every other kind is exactly itself.
    func passes(for kind: TokenKind) -> Bool {
        switch self {
        case .kind(let own): own == kind
        case .plain, .absent: kind == .access
        case .other: false
        }
    }
}

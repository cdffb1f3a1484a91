import HTTPTypes
import Hummingbird

/// The cookies of a browser. Cookies ignore ports, so the kind of portal is in the name: both portals on one host
/// must not overwrite each other's.
struct WebCookies: Sendable {
    let kind: PortalKind
    /// Sent over https alone, and bound to this host by the `__Host-` prefix (RFC 6265bis §4.1.3.2).
    let isSecure: Bool

    var sessionName: String { name("session") }
    var formName: String { name("form") }
    var ticketName: String { name("ticket") }
    var oidcName: String { name("oidc") }

    func session(in request: Request) -> OpaqueToken? {
        cookie(sessionName, .webSession, in: request)
    }

    func form(in request: Request) -> OpaqueToken? {
        cookie(formName, .form, in: request)
    }

    /// Of a sign-in that waits for its second factor.
    func ticket(in request: Request) -> OpaqueToken? {
        cookie(ticketName, .secondFactorTicket, in: request)
    }

    /// - Parameter lifetime: seconds.
    func setTicket(_ ticket: OpaqueToken, lifetime: Int64) -> String {
        header(ticketName, ticket.text, "Max-Age=\(lifetime)", "Lax")
    }

    func clearTicket() -> String { header(ticketName, "", "Max-Age=0", "Lax") }

    /// Of a login on its way through a provider.
    func oidcBrowser(in request: Request) -> OpaqueToken? {
        cookie(oidcName, .oidcBrowser, in: request)
    }

    /// `Lax`: the browser comes back from another site, and has to have it then.
    /// - Parameter lifetime: seconds.
    func setOIDCBrowser(_ token: OpaqueToken, lifetime: Int64) -> String {
        header(oidcName, token.text, "Max-Age=\(lifetime)", "Lax")
    }

    /// `Lax`, so that a link from elsewhere finds the person signed in; forms are guarded besides.
    /// - Parameter lifetime: seconds.
    func setSession(_ token: OpaqueToken, lifetime: Int64) -> String {
        header(sessionName, token.text, "Max-Age=\(lifetime)", "Lax")
    }

    func clearSession() -> String { header(sessionName, "", "Max-Age=0", "Lax") }

    /// Lives as long as the browser.
    func setForm(_ token: OpaqueToken) -> String { header(formName, token.text, nil, "Strict") }

    private func name(_ purpose: String) -> String {
        (isSecure ? "__Host-" : "") + "lockstep_\(kind.rawValue)_\(purpose)"
    }

    /// Two cookies of one name: one of them was planted by somebody; neither counts.
    private func cookie(_ name: String, _ purpose: OpaqueToken.Purpose, in request: Request) -> OpaqueToken? {
        let values = request.headers[values: .cookie]
            .flatMap { $0.split(separator: ";") }
            .map { $0.drop { $0 == " " || $0 == "\t" } }
            .filter { $0.hasPrefix(name + "=") }
            .map { $0.dropFirst(name.count + 1) }
        guard values.count == 1 else { return nil }
        return OpaqueToken(purpose, parsing: String(values[0]))
    }

    private func header(_ name: String, _ value: String, _ age: String?, _ sameSite: String) -> String {
        ["\(name)=\(value)", "Path=/", age, "HttpOnly", "SameSite=\(sameSite)", isSecure ? "Secure" : nil]
            .compactMap { $0 }.joined(separator: "; ")
    }
}

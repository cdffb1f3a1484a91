import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit

/// `GET /auth/oidc/{provider}/start` and `/callback`: the way of a browser to a provider and back.
struct OIDCRoutes: Sendable {
    let login: FederatedLogin
    let identities: IdentityService
    let webSessions: WebSessions
    let cookies: WebCookies
    let secondFactors: SecondFactorPages
    let entropy: Entropy
    let clock: WallClock

    /// - Parameter group: one that shows refusals as pages.
    func add(to group: RouterGroup<AppContext>) {
        group.get("auth/oidc/{provider}/start", use: start)
        group.get("auth/oidc/{provider}/callback", use: callback)
    }

    private func start(_ request: Request, _ context: AppContext) async throws -> Response {
        let flow = try login.flow(of: context)
        let wanted = try QueryText.parameters(of: request).filter { $0.name == "return_to" }
        // What is no place here is no reason to keep anybody from signing in.
        let returnTo = wanted.count == 1 ? LocalPath(wanted[0].value) ?? .start : .start
        // Two tabs, two flows, one browser.
        let browser = cookies.oidcBrowser(in: request) ?? OpaqueToken(.oidcBrowser, entropy: entropy)
        do {
            let url = try await login.start(
                flow, returnTo: returnTo, browser: browser,
                caller: Caller(context: context, headers: request.headers), now: clock.now())
            var response = redirect(to: url)
            response.headers[values: .setCookie] = [
                cookies.setOIDCBrowser(browser, lifetime: FlowStore.lifetime)
            ]
            return response
        } catch let failure as FederatedLogin.Failure {
            throw Refusal(failure)
        }
    }

    private func callback(_ request: Request, _ context: AppContext) async throws -> Response {
        let flow = try login.flow(of: context)
        let now = clock.now()
        let former: WebSessions.Resolved? =
            if let cookie = cookies.session(in: request) {
                try await webSessions.resolve(cookie, from: ClientAddress(context.clientAddress), now: now)
            } else {
                nil
            }
        let caller = Caller(context: context, headers: request.headers)
        do {
            let arrival = try await login.arrival(
                at: flow, parameters: try QueryText.parameters(of: request), browser: cookies.oidcBrowser(in: request),
                caller: caller, now: now)
            if arrival.pending.linking != nil {
                let isNew = try await identities.finishLink(
                    arrival, at: flow, current: former, caller: caller, now: now)
                return redirect(to: "/account/identities?notice=\(isNew ? "identity_linked" : "identity_known")")
            }
            // A new session with a new secret, whatever cookie came along: nobody can plant one beforehand.
            let (signedIn, returnTo) = try await login.finish(
                arrival, at: flow, replaces: former?.session.id, caller: caller, now: now)
            var response = redirect(to: returnTo.text)
            response.headers[values: .setCookie] = [
                cookies.setSession(signedIn.secret, lifetime: signedIn.session.endsAt - now)
            ]
            return response
        } catch FederatedLogin.Failure.secondFactorNeeded(let ticket, let returnTo) {
            return secondFactors.begin(ticket, returnTo: returnTo, now: now)
        } catch let failure as FederatedLogin.Failure {
            throw Refusal(failure)
        }
    }

    /// No referrer: the address that is left has the code in it.
    private func redirect(to url: String) -> Response {
        Response(
            status: .seeOther,
            headers: [
                .location: url, .cacheControl: "no-store", HTTPField.Name("Referrer-Policy") ?? .server: "no-referrer",
            ])
    }
}

extension FederatedLogin {
    /// The flow of the provider that the path names.
    func flow(of context: AppContext) throws -> CodeFlow {
        guard let flow = flow(try context.parameters.require("provider")) else {
            throw Refusal(.notFound, "Nobody signs in here through a provider of that name.")
        }
        return flow
    }
}

import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit

/// Pages and forms for whoever is not signed in. Each form is bound to the browser that it was shown to, as the sign-in
/// form is.
struct GuestRoutes {
    let group: RouterGroup<AppContext>
    let desk: GuestDesk

    /// Who sees a page: what its form needs, and what the last attempt brought.
    struct Guest: Sendable {
        let formToken: String
        let caller: Caller
        /// Of the request, seconds since the epoch.
        let now: Int64
        /// Why the form comes back; nil: it is shown for the first time.
        var refusal: Refusal?

        /// What is wrong with each field.
        var wrong: [String: String]? { refusal?.fields }
        /// What is wrong with the whole: where no field is named.
        var problem: String { refusal.map { $0.fields?.isEmpty ?? true ? $0.detail : "" } ?? "" }
    }

    /// - Parameters:
    ///   - page: of a form that has not been filled in, for which `form` has what the address says.
    ///   - action: what the form does; a refusal shows the page again, with it.
    func form<Form: Decodable & Sendable>(
        _ path: RouterPath, empty: @escaping @Sendable (Request) -> Form,
        page: @escaping @Sendable (Form, Guest) async throws -> FormPage,
        action: @escaping @Sendable (Form, Guest) async throws -> Response
    ) {
        group.get(path) { [desk] request, context in
            let (guest, headers) = desk.guest(request, context)
            return try desk.parts.pages.response(try await page(empty(request), guest), headers: headers)
        }
        group.post(path) { [desk] request, context in
            let body = try await GuardedForm<Form>(request: request)
            try FormGuard.admit(request, cookie: desk.parts.cookies.form(in: request), formToken: body.formToken)
            var (guest, headers) = desk.guest(request, context)
            do {
                return try await action(body.fields, guest)
            } catch let refusal as Refusal {
                guest.refusal = refusal
                if let seconds = refusal.retryAfter { headers[.retryAfter] = String(seconds) }
                return try desk.parts.pages.response(
                    try await page(body.fields, guest), status: refusal.code.status, headers: headers)
            }
        }
    }

}

/// From a request to the guest it comes from.
struct GuestDesk: Sendable {
    let parts: WebParts
    let entropy: Entropy
    let clock: WallClock

    /// A browser without a form cookie gets one, the others keep theirs (two tabs, two forms).
    func guest(_ request: Request, _ context: AppContext) -> (GuestRoutes.Guest, HTTPFields) {
        let present = parts.cookies.form(in: request)
        let cookie = present ?? OpaqueToken(.form, entropy: entropy)
        var headers: HTTPFields = [:]
        if present == nil { headers[values: .setCookie] = [parts.cookies.setForm(cookie)] }
        let guest = GuestRoutes.Guest(
            formToken: FormGuard.formToken(for: cookie), caller: Caller(context: context, headers: request.headers),
            now: clock.now())
        return (guest, headers)
    }
}

extension Request {
    /// The secret of the link that led here; empty where there is none.
    var linkToken: String { uri.queryParameters["token"].map(String.init) ?? "" }
}

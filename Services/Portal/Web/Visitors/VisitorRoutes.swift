import HTTPKit
import HTTPTypes
import Hummingbird
import Secrets
import ServerKit
import ServiceKit
import Tokens

/// Pages and forms of people who are signed in. A page without a session leads to the sign-in page and back; a page of an
/// area that is not the visitor's is refused; a form without the session's own token is refused before it is read further.
struct VisitorRoutes {
    let group: RouterGroup<AppContext>
    let gate: VisitorGate
    let streams: LiveStreams

    func get(
        _ path: RouterPath, _ area: Area, use page: @escaping @Sendable (Request, Visitor) async throws -> Response
    ) {
        get(path, area) { request, visitor, _ in try await page(request, visitor) }
    }

    func get(
        _ path: RouterPath, _ area: Area,
        use page: @escaping @Sendable (Request, Visitor, AppContext) async throws -> Response
    ) {
        group.get(path) { [gate] request, context in
            guard let visitor = try await gate.visitor(request, context, area) else {
                return gate.signIn(for: request)
            }
            return try await page(request, visitor, context)
        }
    }

    /// News of a live page, for as long as the session lives, by the token that the portal keeps for it: it is renewed as
    /// the browser connects again.
    func live(
        _ path: RouterPath, _ area: Area, news: @escaping @Sendable (Visitor) async throws -> LiveNews
    ) {
        live(path, area) { visitor, _ in try await news(visitor) }
    }

    func live(
        _ path: RouterPath, _ area: Area, news: @escaping @Sendable (Visitor, AppContext) async throws -> LiveNews
    ) {
        group.get(path) { [gate, streams] request, context in
            guard let visitor = try await gate.visitor(request, context, area) else {
                throw Refusal(.sessionEnded, "The session has ended. Sign in again.")
            }
            let place = try streams.places.take(for: visitor.user.id)
            return StreamAnswer(
                stream: try await news(visitor, context).stream,
                lifetime: .seconds(max(0, visitor.identity.expiresAt - visitor.now)), rules: streams.rules,
                stillMay: { try await gate.isStillThere(visitor) }, connection: context.connection, place: place
            ).response
        }
    }

    /// - Parameters:
    ///   - form: its fields; `form_token` is checked here and is none of them.
    ///   - maximumBytes: as it is sent; a character may be twelve bytes then.
    func post<Form: Decodable & Sendable>(
        _ path: RouterPath, _ area: Area, _ form: Form.Type, maximumBytes: Int = FormBody.maximumBytes,
        use action: @escaping @Sendable (Form, Visitor, AppContext) async throws -> Response
    ) {
        group.post(path) { [gate] request, context in
            // First: a page that has been open for long must hear of its session's end, and not of a forgery.
            guard let visitor = try await gate.visitor(request, context, area) else {
                return WebAnswers.redirect(to: "/login")
            }
            let body = try await GuardedForm<Form>(request: request, maximumBytes: maximumBytes)
            try FormGuard.admit(request, cookie: gate.cookies.session(in: request), formToken: body.formToken)
            return try await action(body.fields, visitor, context)
        }
    }
}

/// How many live pages there may be, and when they end that do not end by themselves.
struct LiveStreams: Sendable {
    let rules: StreamRules
    let places: StreamPlaces

    init(rules: StreamRules = StreamRules(maximumPerCaller: 20, cutCounter: "lockstep_portal_streams_cut_total")) {
        self.rules = rules
        places = StreamPlaces(maximum: rules.maximum, maximumPerCaller: rules.maximumPerCaller)
    }
}

/// From a request to the visitor it comes from.
struct VisitorGate: Sendable {
    let webSessions: WebSessions
    let sessions: SessionService
    let cookies: WebCookies
    let clock: WallClock
    /// What must not be missed, for those whose business keys are.
    let alarm: @Sendable () async -> String
    /// Nil where none is known.
    let plant: PlantAPI?

    /// Nil where nobody is signed in; throws where the area is not the visitor's.
    func visitor(_ request: Request, _ context: AppContext, _ area: Area) async throws -> Visitor? {
        let now = clock.now()
        guard let cookie = cookies.session(in: request),
            let resolved = try await webSessions.resolve(
                cookie, from: ClientAddress(context.clientAddress), now: now)
        else { return nil }
        context.notes.update { notes in
            notes.user = resolved.user.id
            notes.keyID = resolved.identity.keyID.rawValue
        }
        var visitor = Visitor(
            user: resolved.user, session: resolved.session, identity: resolved.identity,
            accessToken: resolved.accessToken, formToken: FormGuard.formToken(for: cookie), area: area,
            alarm: Area.keys.isOpen(to: resolved.user.roles) ? await alarm() : "",
            caller: Caller(context: context, headers: request.headers), requestID: context.requestID, now: now)
        if let plant {
            visitor.permissions = plant.lastPermissions(of: visitor)
            // Nobody is turned away on what was told long ago.
            if !visitor.mayOpen(area), area.permission != nil, let told = try? await plant.permissions(of: visitor) {
                visitor.permissions = told
            }
        }
        guard visitor.mayOpen(area) else {
            throw Refusal(
                .forbidden, "Your roles do not open this page.",
                cause: "\(area.rawValue) is not for \(resolved.user.roles.joined(separator: ", "))")
        }
        return visitor
    }

    /// Whether the session lives and the area is still the visitor's.
    func isStillThere(_ visitor: Visitor) async throws -> Bool {
        guard let live = try await sessions.live(id: visitor.session.id, now: clock.now()) else { return false }
        let roles = live.user.roles
        return visitor.area.isOpen(to: roles, permissions: plant?.permissionCache.last(of: Set(roles)))
    }

    /// The sign-in page, and back here afterwards.
    func signIn(for request: Request) -> Response {
        let wanted = request.uri.string
        guard wanted != "/", LocalPath(wanted) != nil else { return WebAnswers.redirect(to: "/login") }
        return WebAnswers.redirect(to: "/login?return_to=" + WebAnswers.queryEscaped(wanted))
    }
}

/// Answers that are no pages.
enum WebAnswers {
    /// 303: what was posted is not posted again by going back.
    static func redirect(to path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }

    /// RFC 3986 §2.3: everything but unreserved characters.
    static func queryEscaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                escaped += byte < 16 ? "%0" : "%"
                escaped += String(byte, radix: 16, uppercase: true)
            }
        }
        return escaped
    }
}

import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit

/// One's sessions, in a browser.
struct SessionPages: AreaPages {
    static let shown = 50

    let parts: WebParts
    let sessions: SessionService

    struct End: Decodable, Sendable {
        var session: String
    }

    func add(to visitors: VisitorRoutes) {
        visitors.get("account/sessions", .account) { request, visitor in
            let (found, total) = try await sessions.list(
                userID: visitor.user.id, limit: Self.shown, offset: 0, now: visitor.now)
            return try parts.pages.response(
                SessionsPage(parts: parts, visitor: visitor, sessions: found, total: total, notice: request.notice))
        }
        visitors.post("account/sessions/end", .account, End.self) { form, visitor, _ in
            // One that is over, or somebody else's, is not live: what was wanted is so.
            _ = try await sessions.end(
                sessionID: form.session, ownedBy: visitor.user.id, caller: visitor.caller, now: visitor.now)
            return WebAnswers.redirect(to: "/account/sessions?notice=session_ended")
        }
        visitors.post("account/sessions/end-others", .account, NoFields.self) { _, visitor, _ in
            _ = try await sessions.endOthers(
                than: visitor.session.id, userID: visitor.user.id, caller: visitor.caller, now: visitor.now)
            return WebAnswers.redirect(to: "/account/sessions?notice=others_ended")
        }
        visitors.post("account/sessions/end-all", .account, NoFields.self) { _, visitor, _ in
            _ = try await sessions.logoutEverywhere(
                userID: visitor.user.id, caller: visitor.caller, now: visitor.now)
            var response = WebAnswers.redirect(to: "/login")
            response.headers[values: .setCookie].append(parts.cookies.clearSession())
            return response
        }
    }
}

import Secrets
import Tokens

/// `GET /account`: who one is here.
struct AccountPage: WebPage {
    struct Fact: Sendable {
        let label: PageText
        /// As a machine reads it, where it is a time.
        let value: PageText
        let shown: PageText
        let isTime: Bool

        init(_ label: String, _ value: String) {
            self.label = PageText(label)
            self.value = PageText(value)
            shown = self.value
            isTime = false
        }

        init(_ label: String, at seconds: Int64) {
            self.label = PageText(label)
            let moment = PageMoment(seconds)
            value = moment.machine
            shown = moment.shown
            isTime = true
        }
    }

    let templateName = "account"
    let frame: PageFrame
    let facts: [Fact]
    /// People sign in through providers here.
    let hasProviders: Bool

    init(parts: WebParts, visitor: Visitor, hasProviders: Bool, notice: String?) {
        let texts = parts.texts
        self.hasProviders = hasProviders
        frame = parts.frame(texts["account.title"], for: visitor, notice: notice)
        let user = visitor.user
        var facts = [
            Fact(texts["field.email"], user.email), Fact(texts["account.roles"], user.roles.joined(separator: ", ")),
            Fact(texts["account.signed_in"], at: visitor.session.createdAt),
            Fact(texts["account.ends"], at: visitor.session.expiresAt),
            Fact(texts["account.token_expires"], at: visitor.identity.expiresAt),
            Fact(texts["account.signed_with"], visitor.identity.keyID.rawValue),
            Fact(texts["account.issuer"], visitor.identity.issuer),
        ]
        if let customer = user.customerID { facts.append(Fact(texts["account.customer"], customer)) }
        self.facts = facts
    }
}

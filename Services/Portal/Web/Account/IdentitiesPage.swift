/// `GET /account/identities`: the accounts at providers that open one's own.
struct IdentitiesPage: WebPage {
    struct Row: Sendable {
        let provider: PageText
        /// As the provider told it last; empty where it told none.
        let email: PageText
        let since: PageText
        let lastUsed: PageText
        /// Its provider is configured no more.
        let isDead: Bool
        let unlink: PageText
        /// A link's name among many of the same text.
        let unlinkLabel: PageText
    }

    struct Choice: Sendable {
        let address: PageText
        let label: PageText
    }

    let templateName = "account-identities"
    let frame: PageFrame
    let rows: [Row]
    let providers: [Choice]
    /// Why there is nothing to choose; empty where there is.
    let whyNone: PageText

    init(
        parts: WebParts, visitor: Visitor, identities: [(identity: LinkedIdentity, provider: OIDCProvider?)],
        providers: [OIDCProvider], notice: String? = nil
    ) {
        let texts = parts.texts
        frame = parts.frame(texts["identities.title"], for: visitor, notice: notice)
        rows = identities.map { identity, provider in
            let name = provider?.displayName ?? identity.issuer
            return Row(
                provider: PageText(name), email: PageText(identity.email), since: PageText(moment: identity.createdAt),
                lastUsed: PageText(moment: identity.lastUsedAt), isDead: provider == nil,
                unlink: PageText("/account/identities/unlink/\(identity.id)"),
                unlinkLabel: PageText(
                    texts("identities.unlink_named", ["provider": name, "email": identity.email])))
        }
        let mayLink = visitor.user.emailVerifiedAt != nil
        self.providers =
            mayLink
            ? providers.map { provider in
                Choice(
                    address: PageText("/account/identities/link/\(provider.name)"),
                    label: PageText(texts("identities.link", ["provider": provider.displayName])))
            } : []
        whyNone = PageText(
            providers.isEmpty ? texts["identities.no_providers"] : mayLink ? "" : texts["identities.unverified"])
    }
}

/// The last page before a provider: a form may lead to no other site (`form-action` of the content security policy), a link
/// may.
struct OnwardPage: WebPage {
    let templateName = "account-onward"
    let frame: PageFrame
    let heading: PageText
    let intro: PageText
    /// At the provider.
    let address: PageText
    let label: PageText

    init(parts: WebParts, visitor: Visitor, provider: OIDCProvider, address: String) {
        let texts = parts.texts
        let name = ["provider": provider.displayName]
        let title = texts("identities.onward_title", name)
        frame = parts.frame(title, for: visitor)
        heading = PageText(title)
        intro = PageText(texts("identities.onward_intro", name))
        self.address = PageText(address)
        label = PageText(texts("identities.onward", name))
    }
}

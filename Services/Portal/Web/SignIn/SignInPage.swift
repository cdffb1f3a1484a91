/// `GET /login`.
struct SignInPage: WebPage {
    /// A way to sign in through an OpenID provider.
    struct Provider: Sendable {
        let label: PageText
        let address: PageText
    }

    let templateName = "sign-in"
    let frame: PageFrame
    let portal: PageText
    let environment: PageText
    /// What was typed before.
    let email: PageText
    /// Where to go afterwards.
    let returnTo: PageText
    let providers: [Provider]
    let hasProviders: Bool
    /// Whether people register themselves here.
    let mayRegister: Bool
    /// Empty, or why the last attempt failed.
    let problem: PageText

    init(
        parts: WebParts, providers: [OIDCProvider] = [], formToken: String, returnTo: LocalPath, email: String = "",
        problem: String = "", notice: String? = nil
    ) {
        // The title is what a screen reader says first when the page comes back.
        frame = parts.frame(
            parts.texts[problem.isEmpty ? "sign_in.title" : "sign_in.failed_title"], formToken: formToken,
            notice: notice)
        portal = frame.portal
        environment = frame.environment
        self.email = PageText(email)
        self.returnTo = PageText(returnTo.text)
        mayRegister = parts.kind == .customer
        self.problem = PageText(problem)
        self.providers = providers.map { provider in
            let query = returnTo == .start ? "" : "?return_to=" + WebAnswers.queryEscaped(returnTo.text)
            return Provider(
                label: PageText(provider.displayName), address: PageText("/auth/oidc/\(provider.name)/start\(query)"))
        }
        hasProviders = !providers.isEmpty
    }
}

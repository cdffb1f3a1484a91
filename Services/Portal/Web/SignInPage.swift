/// `GET /login`.
struct SignInPage: WebPage {
    let templateName = "sign-in"
    let title: PageText
    let portal: PageText
    let environment: PageText
    /// Proves that the form came from this portal's page (`FormGuard`).
    let formToken: PageText
    /// What was typed before.
    let email: PageText
    /// Empty, or why the last attempt failed.
    let problem: PageText

    init(naming: PortalNaming, formToken: String, email: String = "", problem: String = "") {
        portal = naming.portal
        environment = naming.environment
        self.formToken = PageText(formToken)
        self.email = PageText(email)
        self.problem = PageText(problem)
        // The title is what a screen reader says first when the page comes back.
        title = problem.isEmpty ? "Sign in" : "Error: Sign in"
    }

    static let template = """
        {{<layout}}{{$content}}
        <section class="card narrow">
        <h1>Sign in</h1>
        <p class="quiet">{{{portal}}}, {{{environment}}} environment</p>
        {{#problem}}<p class="problem" role="alert" id="problem">{{{problem}}}</p>{{/problem}}
        <form method="post" action="/login">
        <input type="hidden" name="form_token" value="{{{formToken}}}">
        <label for="email">Email address</label>
        <input id="email" name="email" type="email" autocomplete="username" required maxlength="254"
        {{#problem}}aria-describedby="problem" aria-invalid="true"{{/problem}} value="{{{email}}}" {{^email}}autofocus{{/email}}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required
        maxlength="1024" {{#problem}}aria-describedby="problem" aria-invalid="true"{{/problem}} {{#email}}autofocus{{/email}}>
        <button type="submit" class="wide">Sign in</button>
        </form>
        </section>
        {{/content}}{{/layout}}
        """
}

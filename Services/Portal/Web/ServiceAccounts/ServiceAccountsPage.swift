/// `GET /service-accounts`: the programs that have accounts.
struct ServiceAccountsPage: WebPage {
    struct Secret: Sendable {
        let id: PageText
        let account: PageText
        let made: PageText
        let madeShown: PageText
        /// Empty: never.
        let lastUsed: PageText
        let lastUsedShown: PageText
        let expires: PageText
        let expiresShown: PageText
        let removeLabel: PageText
        let form: PageText

        init(_ secret: ServiceAccount.Secret, of account: ServiceAccount, parts: WebParts, form: String) {
            id = PageText(secret.id)
            self.account = PageText(account.id)
            let (made, used, expires) = (
                PageMoment(secret.createdAt), secret.lastUsedAt.map { PageMoment($0) }, PageMoment(secret.expiresAt)
            )
            (self.made, madeShown) = (made.machine, made.shown)
            (lastUsed, lastUsedShown) = (used?.machine ?? "", used?.shown ?? "")
            (self.expires, expiresShown) = (expires.machine, expires.shown)
            removeLabel = PageText(parts.texts("service_accounts.remove_named", ["name": account.name]))
            self.form = PageText(form)
        }
    }

    struct Row: Sendable {
        let id: PageText
        let name: PageText
        let roles: PageText
        let scopes: PageText
        let made: PageText
        let madeShown: PageText
        let isDisabled: Bool
        let secretsLabel: PageText
        let secrets: [Secret]
        let form: PageText

        init(_ account: ServiceAccount, parts: WebParts, form: String) {
            id = PageText(account.id)
            name = PageText(account.name)
            roles = PageText(account.roles.joined(separator: ", "))
            scopes = PageText(account.scopes.joined(separator: " "))
            let made = PageMoment(account.createdAt)
            (self.made, madeShown) = (made.machine, made.shown)
            isDisabled = account.disabledAt != nil
            secretsLabel = PageText(parts.texts("service_accounts.secrets_of", ["name": account.name]))
            secrets = account.secrets.map { Secret($0, of: account, parts: parts, form: form) }
            self.form = PageText(form)
        }
    }

    /// What was typed into a form that was refused.
    struct Typed: Sendable {
        var name = ""
        var scopes = ""
    }

    let templateName = "service-accounts"
    let frame: PageFrame
    let rows: [Row]
    let more: PageText
    let roles: [PageText]
    let typedName: PageText
    let typedScopes: PageText
    let problem: PageText

    init(
        parts: WebParts, visitor: Visitor, accounts: [ServiceAccount], total: Int, roles: [String],
        typed: Typed = Typed(), problem: String = "", notice: String? = nil
    ) {
        frame = parts.frame(parts.texts["service_accounts.title"], for: visitor, notice: notice)
        rows = accounts.map { Row($0, parts: parts, form: visitor.formToken) }
        more = PageText(
            total > accounts.count
                ? parts.texts("service_accounts.more", ["count": String(total - accounts.count)]) : "")
        self.roles = roles.map { PageText($0) }
        typedName = PageText(typed.name)
        typedScopes = PageText(typed.scopes)
        self.problem = PageText(problem)
    }
}

/// A new secret, shown once.
struct ServiceSecretPage: WebPage {
    let templateName = "service-secret"
    let frame: PageFrame
    let heading: PageText
    let clientID: PageText
    let secret: PageText
    let expires: PageText
    let expiresShown: PageText

    init(
        parts: WebParts, visitor: Visitor, account: String, name: String, new: ServiceAccountService.NewSecret
    ) {
        let title = parts.texts("service_accounts.secret_title", ["name": name])
        frame = parts.frame(title, for: visitor)
        heading = PageText(title)
        clientID = PageText(account)
        secret = PageText(new.token.text)
        let expires = PageMoment(new.secret.expiresAt)
        (self.expires, expiresShown) = (expires.machine, expires.shown)
    }
}

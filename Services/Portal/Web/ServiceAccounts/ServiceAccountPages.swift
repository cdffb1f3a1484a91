import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit

/// Service accounts, in a browser. Who may is asked by the service, as for its JSON.
struct ServiceAccountPages: AreaPages {
    static let shown = 100

    let parts: WebParts
    let accounts: ServiceAccountService

    struct Create: Decodable, Sendable {
        var name: String
        var role: String
        var scopes: String?
        var days: Int?
    }

    struct Account: Decodable, Sendable {
        var account: String
        var secret: String?
    }

    func add(to visitors: VisitorRoutes) {
        visitors.get("service-accounts", .serviceAccounts) { request, visitor in
            try await page(visitor, notice: request.notice)
        }
        visitors.post("service-accounts", .serviceAccounts, Create.self) { form, visitor, _ in
            try await create(form, visitor)
        }
        visitors.post("service-accounts/add-secret", .serviceAccounts, Account.self) { form, visitor, _ in
            try await refusing(visitor) {
                let (account, secret) = try await accounts.addSecret(
                    to: form.account, days: nil, by: visitor.user, caller: visitor.caller, now: visitor.now)
                return try shown(secret, account, visitor)
            }
        }
        done(visitors, "service-accounts/remove-secret", "secret_removed") { form, visitor in
            try await accounts.removeSecret(
                form.secret ?? "", of: form.account, by: visitor.user, caller: visitor.caller, now: visitor.now)
        }
        done(visitors, "service-accounts/disable", "service_account_disabled") { form, visitor in
            try await accounts.disable(
                form.account, by: visitor.user, caller: visitor.caller, now: visitor.now)
        }
        done(visitors, "service-accounts/delete", "service_account_deleted") { form, visitor in
            try await accounts.delete(form.account, by: visitor.user, caller: visitor.caller, now: visitor.now)
        }
    }

    private func done(
        _ visitors: VisitorRoutes, _ path: RouterPath, _ notice: String,
        _ work: @escaping @Sendable (Account, Visitor) async throws -> Void
    ) {
        visitors.post(path, .serviceAccounts, Account.self) { form, visitor, _ in
            try await refusing(visitor) {
                try await work(form, visitor)
                return WebAnswers.redirect(to: "/service-accounts?notice=" + notice)
            }
        }
    }

    private func create(_ form: Create, _ visitor: Visitor) async throws -> Response {
        let scopes = form.scopes ?? ""
        return try await refusing(visitor, typed: .init(name: form.name, scopes: scopes)) {
            let (account, secret) = try await accounts.create(
                .init(
                    name: form.name, roles: [form.role], scopes: scopes.split(separator: " ").map(String.init),
                    secretDays: form.days),
                by: visitor.user, caller: visitor.caller, now: visitor.now)
            return try shown(secret, account, visitor)
        }
    }

    private func shown(
        _ secret: ServiceAccountService.NewSecret, _ account: ServiceAccount, _ visitor: Visitor
    ) throws -> Response {
        try parts.pages.response(
            ServiceSecretPage(parts: parts, visitor: visitor, account: account.id, name: account.name, new: secret))
    }

    private func refusing(
        _ visitor: Visitor, typed: ServiceAccountsPage.Typed = .init(), _ work: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await work()
        } catch let failure as ServiceAccountService.Failure {
            let refusal = Refusal(failure)
            return try await page(visitor, typed: typed, refusal: refusal)
        }
    }

    private func page(
        _ visitor: Visitor, typed: ServiceAccountsPage.Typed = .init(), notice: String? = nil,
        refusal: Refusal? = nil
    ) async throws -> Response {
        let (found, total) = try await accounts.list(by: visitor.user, limit: Self.shown, offset: 0)
        let faults = (refusal?.fields ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return try parts.pages.response(
            ServiceAccountsPage(
                parts: parts, visitor: visitor, accounts: found, total: total,
                roles: accounts.grantable(by: visitor.user), typed: typed,
                problem: ([refusal?.detail].compactMap { $0 } + faults).joined(separator: " "), notice: notice),
            status: refusal?.code.status ?? .ok)
    }
}

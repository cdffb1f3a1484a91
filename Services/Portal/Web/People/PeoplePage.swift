/// `GET /people`: accounts, with a search, and what invitations became of.
struct PeoplePage: WebPage {
    struct Row: Sendable {
        let address: PageText
        let name: PageText
        let email: PageText
        let roles: PageText
        /// Empty for an account like any.
        let state: PageText
        let lastLogin: [Moment]
    }

    struct Moment: Sendable {
        let machine: PageText
        let shown: PageText

        init(_ seconds: Int64) {
            let moment = PageMoment(seconds)
            (machine, shown) = (moment.machine, moment.shown)
        }
    }

    struct InvitationRow: Sendable {
        let id: PageText
        let email: PageText
        let roles: PageText
        let status: PageText
        let isPending: Bool
        let expires: Moment
    }

    let templateName = "people"
    let frame: PageFrame
    let search: PageText
    let count: PageText
    let rows: [Row]
    let hasInvitations: Bool
    let invitations: [InvitationRow]
    let mayInvite: Bool
    /// Addresses of the neighbouring pages; empty where there is none.
    let previous: PageText
    let next: PageText

    init(
        parts: WebParts, visitor: Visitor, people: [PeopleStore.Person], total: Int, page: Int, search: String,
        invitations: [Invitation], mayInvite: Bool, notice: String?
    ) {
        let texts = parts.texts
        frame = parts.frame(texts["menu.people"], for: visitor, notice: notice)
        self.search = PageText(search)
        count = PageText(texts.counted("people.found", total))
        rows = people.map { person in
            let user = person.user
            return Row(
                address: PageText("/people/\(user.id)"), name: PageText(user.name), email: PageText(user.email),
                roles: PageText(user.roles.joined(separator: ", ")),
                state: PageText(
                    user.disabledAt != nil
                        ? texts["people.disabled"] : user.pendingSince != nil ? texts["people.pending"] : ""),
                lastLogin: person.lastLoginAt.map { [Moment($0)] } ?? [])
        }
        self.invitations = invitations.map { invitation in
            let status = invitation.status(at: visitor.now)
            return InvitationRow(
                id: PageText(invitation.id), email: PageText(invitation.email),
                roles: PageText(invitation.roles.joined(separator: ", ")),
                status: PageText(texts["people.invitation_\(status.rawValue)"]), isPending: status == .pending,
                expires: Moment(invitation.expiresAt))
        }
        hasInvitations = !invitations.isEmpty
        self.mayInvite = mayInvite
        let query = search.isEmpty ? "" : "&search=\(WebAnswers.queryEscaped(search))"
        previous = PageText(page > 1 ? "/people?page=\(page - 1)\(query)" : "")
        next = PageText(page * PeoplePages.perPage < total ? "/people?page=\(page + 1)\(query)" : "")
    }
}

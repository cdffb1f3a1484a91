/// Letters in words: those of the catalogue (`letter.…`).
struct LetterText: Sendable {
    let texts: Texts
    let kind: PortalKind
    /// `PORTAL_PUBLIC_URL`
    let publicURL: String

    struct Content: Sendable, Equatable {
        var subject: String
        /// Lines end in LF.
        var text: String
        var link: String?
    }

    func content(of letter: Letter) -> Content {
        let portal = texts["site.\(kind.rawValue)"]
        let link = letter.token.map { "\(publicURL)\(Self.path(letter.kind))?token=\($0)" }
        let values = [
            "portal": portal, "address": publicURL, "link": link ?? "", "name": letter.name ?? "",
            "detail": letter.detail ?? "",
        ]
        let hello = letter.name == nil ? texts["letter.hello"] : texts("letter.hello_name", values)
        return Content(
            subject: texts("letter.\(letter.kind.rawValue)_subject", values),
            text: [hello, texts("letter.\(letter.kind.rawValue)_body", values), texts("letter.closing", values)]
                .joined(separator: "\n\n"),
            link: link)
    }

    /// The page that a link of this kind leads to: a total switch, so that a new kind does not lead nowhere.
    static func path(_ kind: Letter.Kind) -> String {
        switch kind {
        case .verifyEmail: "/verify"
        case .resetPassword: "/reset"
        case .changeEmail: "/confirm-address"
        case .invitation: "/invitation"
        case .alreadyRegistered, .passwordChanged, .passwordSetAnew, .emailChanged, .identityLinked, .identityRemoved,
            .accountReclaimed, .secondFactorReset:
            "/"
        }
    }
}

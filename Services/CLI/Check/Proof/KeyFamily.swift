/// What a signing secret is for, by its name: secrets of one family are meant to be one key.
///
/// `JWT_SECRET`, `PGRST_JWT_SECRET` and `JWT_SECRET_KEY` sign the same kind of token; `REFRESH_TOKEN_SECRET` another. A
/// name that says no purpose is of the access family.
struct KeyFamily: Hashable, Sendable {
    let name: String

    static let access = KeyFamily(name: "access")

    private static let purposes: Set<String> = [
        "REFRESH", "RESET", "RECOVERY", "VERIFY", "VERIFICATION", "CONFIRM", "CONFIRMATION", "EMAIL", "MAIL", "INVITE",
        "INVITATION", "MAGIC", "ADMIN", "INTERNAL", "SERVICE", "PREVIEW", "DOWNLOAD", "UPLOAD", "SHARE", "STREAM",
        "CHAT",
        "VIDEO", "MEETING", "JITSI", "PARTNER", "WEBHOOK", "GUEST", "DEVICE", "MOBILE", "UNSUBSCRIBE", "ANON", "COLLAB",
        "COLLABORATION", "ONLYOFFICE", "DOCUMENT", "LIVEKIT", "CENTRIFUGO", "MERCURE", "PUBLISHER", "SUBSCRIBER",
    ]

    init(name: String) { self.name = name }

    init(variable: String) {
        let words = variable.uppercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        self.name = words.first(where: Self.purposes.contains)?.lowercased() ?? Self.access.name
    }
}

/// Who a mail is from or to: an address, perhaps with a name, as RFC 5322 §3.4 writes it.
struct MailAddress: Sendable, Equatable {
    let name: String?
    let email: EmailAddress

    /// Nil for a name that has control characters in it: a line break would begin a header of somebody else's choice.
    init?(name: String?, email: EmailAddress) {
        if let name {
            guard PersonName(name)?.text == name else { return nil }
        }
        self.name = name
        self.email = email
    }

    init(_ email: EmailAddress) {
        name = nil
        self.email = email
    }

    /// `ada@example.com` or `Ada Lovelace <ada@example.com>`; quotes around the name may be there.
    init?(_ text: String) {
        guard text.last == ">", let open = text.lastIndex(of: "<") else {
            guard let email = EmailAddress(text) else { return nil }
            self.init(email)
            return
        }
        guard let email = EmailAddress(String(text[text.index(after: open)...].dropLast())) else { return nil }
        var name = Self.trimmed(text[..<open])
        if name.count >= 2, name.first == "\"", name.last == "\"" { name = Self.trimmed(name.dropFirst().dropLast()) }
        self.init(name: name.isEmpty ? nil : String(name), email: email)
    }

    /// As it stands in a header.
    var header: String {
        guard let name else { return email.text }
        let phrase = MailHeader.phrase(name)
        // On a line of its own where the two are long (RFC 5322 §2.2.3).
        let isLong = phrase.utf8.count + email.text.utf8.count > 60
        return "\(phrase)\(isLong ? "\r\n" : "") <\(email.text)>"
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}

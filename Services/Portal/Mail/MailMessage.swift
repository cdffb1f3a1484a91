import ServiceKit

/// One mail, before it has a form: plain text, one recipient.
struct MailMessage: Sendable, Equatable {
    /// Of the outbox; makes the Message-ID, which is the same however often it is sent.
    var id: String
    var to: MailAddress
    var subject: String
    /// Lines end in LF.
    var text: String
    /// What the mail is about; never logged outside of development.
    var link: String?
    /// Seconds since the epoch.
    var createdAt: Int64

    /// RFC 5322 with RFC 2045: UTF-8 as quoted-printable, lines of at most 78 characters, CRLF.
    func rendered(from sender: MailAddress) -> [UInt8] {
        let domain = sender.email.text.split(separator: "@").last.map(String.init) ?? "localhost"
        let headers = [
            "Date: \(Self.date(createdAt))",
            "From: \(sender.header)",
            "To: \(to.header)",
            "Message-ID: <\(id)@\(domain)>",
            "Subject: \(MailHeader.unstructured(subject))",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            // RFC 3834: so that no absence notice answers.
            "Auto-Submitted: auto-generated",
        ]
        return Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + QuotedPrintable.encode(text)
    }

    /// RFC 5322 §3.3, in UTC: `Sun, 22 Nov 2026 11:30:00 +0000`.
    static func date(_ seconds: Int64) -> String {
        let moment = Timestamp(seconds: seconds)
        let parts = moment.date.parts
        // 1 January 1970 was a Thursday.
        let weekday = Int(((moment.date.daysSinceEpoch + 4) % 7 + 7) % 7)
        let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][weekday]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let time = moment.text.dropFirst(11).prefix(8)
        return "\(day), \(parts.day) \(months[Int(parts.month) - 1]) \(parts.year) \(time) +0000"
    }
}

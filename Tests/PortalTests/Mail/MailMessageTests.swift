import Foundation
import Testing

@testable import Portal

@Suite("Mails as texts") struct MailMessageTests {
    private func rendered(subject: String = "Hello", name: String? = nil, text: String = "Text") throws -> String {
        let address = try #require(EmailAddress("ada@example.com"))
        let message = MailMessage(
            id: "m-1", to: try #require(MailAddress(name: name, email: address)), subject: subject, text: text,
            createdAt: 1_795_347_000)
        return String(decoding: message.rendered(from: try #require(MailAddress("L <l@example.org>"))), as: UTF8.self)
    }

    private func headers(_ message: String) -> [String] {
        let head = message.components(separatedBy: "\r\n\r\n")[0]
        return head.replacingOccurrences(of: "\r\n ", with: " ").components(separatedBy: "\r\n")
    }

    @Test("a mail has the headers that receivers ask for, each once")
    func form() throws {
        let message = try rendered()
        #expect(
            headers(message) == [
                "Date: Sun, 22 Nov 2026 11:30:00 +0000", "From: \"L\" <l@example.org>", "To: ada@example.com",
                "Message-ID: <m-1@example.org>", "Subject: Hello", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
                "Auto-Submitted: auto-generated",
            ])
        #expect(message.hasSuffix("\r\n\r\nText\r\n"))
    }

    static let injections = [
        "a\r\nBcc: eve@example.com", "a\nBcc: eve@example.com", "a\rBcc: eve@example.com",
        "a\u{2028}Bcc: eve@example.com",
        "a\u{85}Bcc: x", "a\0b", "=?UTF-8?Q?a=0D=0ABcc:_eve?=",
    ]

    @Test(
        "no text of a person begins a header, or says one thing to a machine and another to a reader",
        arguments: injections)
    func injection(_ text: String) throws {
        let lines = headers(try rendered(subject: text))
        #expect(lines.count == 9)
        #expect(!lines.contains { $0.lowercased().hasPrefix("bcc") })
        #expect(!lines.contains { $0.contains("?Q?") })
        let address = try #require(EmailAddress("ada@example.com"))
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            #expect(MailAddress(name: text, email: address) == nil)
            #expect(MailAddress("\(text) <ada@example.com>") == nil)
        }
        #expect(EmailAddress("ada@example.com\(text)") == nil)
    }

    @Test(
        "a name or a subject comes back as it was, whatever alphabet it is in",
        arguments: [
            "Ada", "Ada \"the\" \\ first", "Zoë", "Наталья Сергеевна Иванова-Петрова из Новосибирска и ещё дальше",
            "🌾 Hof", "a, b; <c>",
        ])
    func roundTrip(_ text: String) throws {
        let message = try rendered(subject: text, name: text)
        for line in message.components(separatedBy: "\r\n") { #expect(line.utf8.count <= 78) }
        #expect(message.utf8.allSatisfy { $0 < 0x80 })
        let lines = headers(message)
        let subject = try #require(lines.first { $0.hasPrefix("Subject: ") }).dropFirst(9)
        #expect(decoded(String(subject)) == text)
    }

    /// RFC 2047 §6.2: white space between encoded words is none.
    private func decoded(_ header: String) -> String {
        guard header.hasPrefix("=?") else { return header }
        return header.components(separatedBy: " ").map { word in
            let base64 = word.dropFirst("=?UTF-8?B?".count).dropLast(2)
            return String(decoding: Data(base64Encoded: String(base64)) ?? Data(), as: UTF8.self)
        }.joined()
    }

    @Test("text is quoted-printable: short lines, nothing lost at their ends")
    func quotedPrintable() throws {
        let long = String(repeating: "ü ", count: 60) + "end "
        let encoded = String(decoding: QuotedPrintable.encode("a = b\n\(long)\n"), as: UTF8.self)
        for line in encoded.components(separatedBy: "\r\n") { #expect(line.utf8.count <= 76) }
        #expect(encoded.hasPrefix("a =3D b\r\n"))
        #expect(encoded.hasSuffix("end=20\r\n\r\n"))
        let joined = encoded.replacingOccurrences(of: "=\r\n", with: "")
        #expect(joined.contains("=C3=BC =C3=BC "))
    }
}

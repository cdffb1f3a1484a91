import Secrets
import ServiceKit
import Testing

@testable import Portal

@Suite("How mail leaves: settings") struct MailSettingsTests {
    private func read(
        _ variables: [String: String], _ environment: DeploymentEnvironment = .development
    ) -> (settings: PortalSettings, faults: [String]) {
        let least = ["DATABASE_URL": "sqlite:///data/p.sqlite", "PORTAL_DATA_KEY": "01234567890123456789012345678901"]
        let reader = SettingsReader(variables: least.merging(variables) { $1 })
        var settings = PortalSettings(reader: reader)
        settings.settle(environment: environment, reader: reader)
        do {
            try reader.finish()
            return (settings, [])
        } catch {
            return (settings, error.faults.map(\.variable))
        }
    }

    private static let whole = [
        "MAIL_URL": "smtp://mail.example.com", "MAIL_FROM": "Lockstep <no-reply@example.com>",
        "PORTAL_PUBLIC_URL": "https://portal.example.com",
    ]

    @Test(
        "addresses of servers",
        arguments: [
            ("smtp://mail.example.com", "smtp mail.example.com 587"),
            ("smtps://mail.example.com/", "smtps mail.example.com 465"),
            ("smtp://[::1]:25", "smtp [::1] 25"), ("smtp://127.0.0.1:1025", "smtp 127.0.0.1 1025"),
            ("http://mail.example.com", nil), ("mail.example.com", nil), ("smtp://", nil), ("smtp://:25", nil),
            ("smtp://user:secret@mail.example.com", nil), ("smtp://mail.example.com/path", nil),
            ("smtp://mail.example.com:0", nil), ("smtp://mail.example.com:x", nil), ("smtp://[::1", nil),
            ("smtp://a b", nil), ("smtp://a\r\nQUIT", nil), ("smtp://a?x", nil),
        ] as [(String, String?)])
    func addresses(_ url: String, _ expected: String?) {
        let (settings, faults) = read(Self.whole.merging(["MAIL_URL": url]) { $1 }, .production)
        guard let expected else {
            #expect(faults == ["MAIL_URL"])
            return
        }
        #expect(faults.isEmpty)
        guard case .server(let server) = settings.mail.transport else {
            Issue.record("no server")
            return
        }
        #expect("\(server.scheme) \(server.host) \(server.port)" == expected)
        #expect(server.tls == .required)
    }

    @Test(
        "what is missing or weak is told",
        arguments: [
            (DeploymentEnvironment.production, ["MAIL_FROM": ""], ["MAIL_FROM"]),
            (.production, ["MAIL_FROM": "nobody"], ["MAIL_FROM"]),
            (.production, ["MAIL_FROM": "A\u{7}B <a@example.com>"], ["MAIL_FROM"]),
            (.production, ["PORTAL_PUBLIC_URL": ""], ["PORTAL_PUBLIC_URL"]),
            (.production, ["MAIL_TLS_CA_FILE": "/nowhere/ca.pem"], ["MAIL_TLS_CA_FILE"]),
            (.production, ["MAIL_TLS_CA_FILE": "/etc/passwd"], ["MAIL_TLS_CA_FILE"]),
            (.production, ["MAIL_TLS": "opportunistic"], ["MAIL_TLS"]), (.staging, ["MAIL_TLS": "none"], ["MAIL_TLS"]),
            (.development, ["MAIL_TLS": "none"], []), (.production, ["MAIL_USERNAME": "me"], ["MAIL_PASSWORD"]),
            (.production, ["MAIL_PASSWORD": "secret"], ["MAIL_USERNAME"]),
            (.production, ["MAIL_USERNAME": "me", "MAIL_PASSWORD": "secret"], []),
        ])
    func faults(_ environment: DeploymentEnvironment, _ variables: [String: String], _ expected: [String]) {
        #expect(read(Self.whole.merging(variables) { $1 }, environment).faults == expected)
    }

    @Test("without a server mails go to a folder in development and test, and nowhere else")
    func folder() {
        guard case .folder(let path) = read([:]).settings.mail.transport else {
            Issue.record("no folder")
            return
        }
        #expect(path == "/data/p-mail")
        #expect(read([:]).settings.mail.sender?.email.text == "no-reply@lockstep.invalid")
        let production = read([:], .production)
        #expect(production.faults.isEmpty)
        #expect(!production.settings.mail.canSend)
        #expect(read(["MAIL_FOLDER": "mails"]).faults == ["MAIL_FOLDER"])
    }
}

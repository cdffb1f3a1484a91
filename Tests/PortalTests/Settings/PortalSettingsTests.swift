import Secrets
import ServiceKit
import Testing

@testable import Portal

@Suite struct PortalSettingsTests {
    private static let least = ["DATABASE_URL": "sqlite:///data/p.sqlite"]

    private func faults(
        _ variables: [String: String], environment: DeploymentEnvironment = .development
    ) -> [String] {
        let reader = SettingsReader(variables: Self.least.merging(variables) { $1 })
        var settings = PortalSettings(reader: reader)
        settings.settle(environment: environment, reader: reader)
        do {
            try reader.finish()
            return []
        } catch {
            return error.faults.map(\.variable).sorted()
        }
    }

    @Test("a development portal needs a database and nothing else")
    func development() {
        #expect(faults([:]).isEmpty)
        #expect(faults(["DATABASE_URL": ""]) == ["DATABASE_URL"])
    }

    @Test(
        "production needs a data key and refuses cheap hashes",
        arguments: [
            DeploymentEnvironment.staging, .production,
        ])
    func production(environment: DeploymentEnvironment) {
        #expect(faults([:], environment: environment) == ["PORTAL_DATA_KEY"])
        #expect(faults(["PORTAL_DATA_KEY": "too short"], environment: environment) == ["PORTAL_DATA_KEY"])
        let key = ["PORTAL_DATA_KEY": "01234567890123456789012345678901"]
        #expect(faults(key, environment: environment).isEmpty)
        for cheap in [["ARGON2_MEMORY_KIB": "19455"], ["ARGON2_PASSES": "1"]] {
            #expect(faults(key.merging(cheap) { $1 }, environment: environment) == ["ARGON2_MEMORY_KIB"])
        }
    }

    @Test("cookies are secure outside development and test unless told otherwise")
    func cookies() {
        for (environment, variables, expected) in [
            (.production, [:], true), (.development, [:], false), (.test, [:], false),
            (.production, ["PORTAL_COOKIE_SECURE": "false"], false),
            (.development, ["PORTAL_COOKIE_SECURE": "true"], true),
        ] as [(DeploymentEnvironment, [String: String], Bool)] {
            let reader = SettingsReader(variables: Self.least.merging(variables) { $1 })
            var settings = PortalSettings(reader: reader)
            settings.settle(environment: environment, reader: reader)
            #expect(settings.cookieSecure == expected)
        }
    }

    @Test("a customer portal needs the plant")
    func customer() {
        #expect(faults(["PORTAL_KIND": "customer"]) == ["PLANT_BACKEND_URL"])
        #expect(faults(["PORTAL_KIND": "customer", "PLANT_BACKEND_URL": "http://plant:8001"]).isEmpty)
    }

    @Test(
        "a first administrator is whole, has an address and a good password",
        arguments: [
            (["PORTAL_ADMIN_EMAIL": "a@example.com"], ["PORTAL_ADMIN_PASSWORD"]),
            (["PORTAL_ADMIN_PASSWORD": "copper kettle sunday"], ["PORTAL_ADMIN_EMAIL"]),
            (
                ["PORTAL_ADMIN_EMAIL": "nonsense", "PORTAL_ADMIN_PASSWORD": "copper kettle sunday"],
                ["PORTAL_ADMIN_EMAIL"]
            ),
            (["PORTAL_ADMIN_EMAIL": "a@example.com", "PORTAL_ADMIN_PASSWORD": "short"], ["PORTAL_ADMIN_PASSWORD"]),
            (
                ["PORTAL_ADMIN_EMAIL": "a@example.com", "PORTAL_ADMIN_PASSWORD": "changeme1234"],
                ["PORTAL_ADMIN_PASSWORD"]
            ),
            (["PORTAL_ADMIN_EMAIL": "a@example.com", "PORTAL_ADMIN_PASSWORD": "copper kettle sunday"], []),
        ])
    func administrator(variables: [String: String], expected: [String]) {
        #expect(faults(variables) == expected)
    }

    @Test(
        "links lead to this machine in development, over https elsewhere, and nowhere until somebody says where",
        arguments: [
            (DeploymentEnvironment.development, [:], "http://127.0.0.1:8080", []),
            (.test, ["PORT": "9"], "http://127.0.0.1:9", []),
            (.development, ["PORTAL_PUBLIC_URL": "http://box:1/"], "http://box:1", []),
            (.production, ["PORTAL_PUBLIC_URL": "https://portal.example.com"], "https://portal.example.com", []),
            (.production, [:], nil, ["PORTAL_PUBLIC_URL"]),
            (.staging, ["PORTAL_PUBLIC_URL": "http://portal.example.com"], nil, ["PORTAL_PUBLIC_URL"]),
            (.development, ["PORTAL_PUBLIC_URL": "portal"], nil, ["PORTAL_PUBLIC_URL"]),
        ] as [(DeploymentEnvironment, [String: String], String?, [String])])
    func publicURL(
        environment: DeploymentEnvironment, variables: [String: String], expected: String?, faults: [String]
    ) throws {
        let least = Self.least.merging(["PORTAL_DATA_KEY": "01234567890123456789012345678901"]) { $1 }
        let reader = SettingsReader(variables: least.merging(variables) { $1 })
        var settings = PortalSettings(reader: reader)
        settings.settle(environment: environment, reader: reader)
        settings.requirePublicURL(for: "MAIL_URL", reader: reader)
        do {
            try reader.finish()
            #expect(settings.publicURL == expected)
            #expect(faults.isEmpty)
        } catch {
            #expect(error.faults.map(\.variable) == faults)
        }
    }

    @Test("every fault is told at once")
    func allAtOnce() {
        #expect(
            faults([
                "DATABASE_URL": "", "PORTAL_KIND": "nonsense", "REFRESH_TOKEN_EXPIRE_DAYS": "0",
                "LOGIN_LOCKOUT_SECONDS": "3600", "ARGON2_LANES": "9",
            ]) == ["ARGON2_LANES", "DATABASE_URL", "LOGIN_LOCKOUT_SECONDS", "PORTAL_KIND", "REFRESH_TOKEN_EXPIRE_DAYS"])
    }

    @Test("the page asks the named services, else those that the portal knows, each once")
    func services() {
        let known = [
            "PORTAL_URLS": "http://a,http://b", "PLANT_GATEWAY_URL": "http://g", "PLANT_BACKEND_URL": "http://b",
        ]
        let reader = SettingsReader(variables: Self.least.merging(known) { $1 })
        #expect(PortalSettings(reader: reader).serviceURLs == ["http://a", "http://b", "http://g"])
        let named = SettingsReader(
            variables: Self.least.merging(known) { $1 }.merging(["PORTAL_SERVICE_URLS": "http://x"]) { $1 })
        #expect(PortalSettings(reader: named).serviceURLs == ["http://x"])
    }
}

import HTTPKit
import HTTPTypes
import Secrets
import ServiceKit
import Testing

@Suite("Credentials")
struct CredentialTests {
    @Test("no header is no token")
    func none() throws {
        #expect(try BearerCredentials.token(in: []) == nil)
    }

    @Test("the scheme is read in any case", arguments: ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c"])
    func scheme(_ value: String) throws {
        #expect(try BearerCredentials.token(in: [value]) == "a.b.c")
    }

    @Test(
        "anything but one bearer token is malformed",
        arguments: [
            "", "Bearer", "Bearer ", "Bearer  ", "Basic dXNlcjpwdw==", "a.b.c", "Bearer a b", "Bearer a,b",
            "Bearer a.b.c ", "Bearer\ta.b.c", "Bearera.b.c", " Bearer a", "Bearer a.b.c, Bearer d", "Bearer é",
            "Bearer a\u{0}b", "Bearer \"a\"",
        ])
    func malformed(_ value: String) {
        let refusal = #expect(throws: Refusal.self) { try BearerCredentials.token(in: [value]) }
        #expect(refusal?.code == .malformedToken)
        #expect(refusal?.detail.contains("d") == true)
    }

    @Test("two Authorization headers are a malformed request, even when they are equal")
    func two() {
        let refusal = #expect(throws: Refusal.self) { try BearerCredentials.token(in: ["Bearer a", "Bearer a"]) }
        #expect(refusal?.code == .malformedRequest)
        #expect(refusal?.headers[.wwwAuthenticate]?.contains("error=\"invalid_request\"") == true)
    }

    private let value = "internal-0123456789abcdef0123456789"

    @Test("the internal token matches itself alone")
    func matches() {
        let token = InternalToken(secret: SecretBytes(utf8: value))
        #expect(token.matches(value))
        #expect(token.authorizes([token.authorization]))
        for wrong in [nil, "", value + "x", String(value.dropLast()), value.uppercased()] as [String?] {
            #expect(!token.matches(wrong))
        }
        #expect(!token.authorizes([]))
        #expect(!token.authorizes([value]))
        #expect(!token.authorizes([token.authorization, token.authorization]))
    }

    @Test("development and test fall back to one value, the same for every service")
    func fallback() throws {
        let reader = SettingsReader(variables: [:])
        let one = InternalToken(reader: reader, environment: .development)
        let other = InternalToken(reader: reader, environment: .test)
        try reader.finish()
        #expect(other.authorizes([one.authorization]))
    }

    @Test("staging and production need one", arguments: [DeploymentEnvironment.staging, .production])
    func required(_ environment: DeploymentEnvironment) {
        let reader = SettingsReader(variables: [:])
        _ = InternalToken(reader: reader, environment: environment)
        let error = #expect(throws: SettingsError.self) { try reader.finish() }
        #expect(error?.faults.map(\.variable) == ["LOCKSTEP_INTERNAL_TOKEN"])
    }

    @Test("production refuses a short token and the one meant for development")
    func weak() throws {
        let development = InternalToken(reader: SettingsReader(variables: [:]), environment: .development)
        let fallback = String(development.authorization.dropFirst("Bearer ".count))
        for value in ["short", fallback] {
            let reader = SettingsReader(variables: ["LOCKSTEP_INTERNAL_TOKEN": value])
            _ = InternalToken(reader: reader, environment: .production)
            let error = try #require(throws: SettingsError.self) { try reader.finish() }
            #expect(error.faults.count == 1)
            #expect(!"\(error)".contains(value))
        }
    }

    @Test("a token that no header can carry is a fault")
    func unprintable() {
        let reader = SettingsReader(variables: ["LOCKSTEP_INTERNAL_TOKEN": "two\nlines-0123456789abcdef0123456789"])
        _ = InternalToken(reader: reader, environment: .production)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }

    @Test("outside development the internal token is not the JWT secret")
    func notTheSecret() throws {
        let token = InternalToken(secret: Samples.one)
        #expect(throws: SettingsError.self) { try token.check(against: Samples.ring(Samples.one)) }
        try token.check(against: Samples.ring(Samples.two))
        try token.check(against: Samples.ring(Samples.one, environment: .development))
    }
}

import Evidence
import Testing

@testable import Check

@Suite("LS105: settings of whose kind nothing is known")
struct PlainSettingsTests {
    private static func found(_ files: [String: String]) -> [String] {
        Checker(SourceTree(files)).run().findings.filter { $0.severity >= .warning }
            .map { "\($0.rule.rawValue) \($0.severity.rawValue) \($0.locations.first?.description ?? "")" }
    }

    @Test(
        "a secret in them is committed all the same",
        arguments: [
            ("config/production.yml", "auth:\n  jwt_secret: \(Given.strong)\n", 2),
            ("deploy/values-prod.yaml", "auth:\n  jwtSecret: \"\(Given.strong)\"\n", 2),
            ("config/production.json", "{\n  \"JWT_SECRET\": \"\(Given.strong)\"\n}\n", 2),
            ("config/production.toml", "[auth]\njwt_secret = \"\(Given.strong)\"\n", 2),
            ("deploy/production/start.sh", "#!/bin/sh\nexport JWT_SECRET=\(Given.strong)\nexec app\n", 2),
        ])
    func committed(file: String, text: String, line: Int) {
        #expect(Self.found([file: text]) == ["LS105 error \(file):\(line)"])
    }

    @Test(
        "references, sentences, other names, locks and tests are let pass",
        arguments: [
            ("config/production.yml", "jwt_secret: ${JWT_SECRET}\n"),
            ("config/production.yml", "jwt_secret: \"{{ .Values.secret }}\"\n"),
            ("locales/production.json", "{\"jwtSecret\": \"Enter the signing secret of your provider here, please\"}"),
            ("config/production.yml", "stripe_secret: \(Given.strong)\n"),
            ("production/package-lock.json", "{\"jwt_secret\": \"\(Given.strong)\"}"),
            ("tests/production/config.yml", "jwt_secret: \(Given.strong)\n"),
            ("deploy/production/start.sh", "export JWT_SECRET=$(cat /run/secrets/jwt)\n"),
        ])
    func passed(file: String, text: String) {
        #expect(Self.found([file: text]) == [])
    }

    @Test("where the file names no environment it is a warning, and told once where another reader knows the line")
    func once() {
        #expect(
            Self.found(["config/settings.yml": "jwt_secret: \(Given.strong)\n"]) == [
                "LS105 warning config/settings.yml:1"
            ])
        #expect(
            Self.found([
                "pom.xml": "<project/>",
                "src/main/resources/application-prod.yml": "jwt:\n  secret: \(Given.strong)\n",
            ]).filter { $0.hasPrefix("LS105") } == [])
    }
}

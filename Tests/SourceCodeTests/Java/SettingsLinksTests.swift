import Evidence
import Testing

@testable import SourceCode

@Suite("Settings that code looks up, and the files that give them")
struct SettingsLinksTests {
    private static let code = """
        class Tokens {
            @Value("${jwt.secret}") String secret;
            String sign() { return Jwts.builder().signWith(Keys.hmacShaKeyFor(secret.getBytes())).compact(); }
        }
        """

    private static func reads(_ files: [String: String]) -> [String] {
        var files = files
        files["app/src/main/java/Tokens.java"] = code
        let facts = SourceReaders.read(SourceTree(files)).facts
        return facts.filter { $0.language == .java }.flatMap { FactLines.of($0) }
    }

    @Test("without a file it is the variable of the setting's name, or something elsewhere")
    func variable() {
        #expect(
            Self.reads([:]) == [
                "read 2:15 JWT_SECRET | <jwt.secret> ! as Tokens.secret by @Value jwt.secret",
                "sign 3:43 signWith with JWT_SECRET | <jwt.secret> ! named secret",
            ])
    }

    @Test("the file's variable and its default come behind the setting's own variable")
    func fileGivesVariable() {
        let lines = Self.reads(["app/src/main/resources/application.yml": "jwt:\n  secret: ${SECRET_KEY:text}\n"])
        #expect(lines[0] == "read 2:15 JWT_SECRET | SECRET_KEY | 'text' as Tokens.secret by @Value jwt.secret")
        #expect(lines[1] == "sign 3:43 signWith with JWT_SECRET | SECRET_KEY | 'text' named secret")
    }

    @Test("a text in one profile's file is no default of the others")
    func profileText() {
        let lines = Self.reads([
            "app/src/main/resources/application-dev.yml": "jwt:\n  secret: only-in-development\n",
            "app/src/main/resources/application-prod.yml": "jwt:\n  secret: ${PROD_JWT}\n",
        ])
        #expect(lines[0] == "read 2:15 JWT_SECRET | PROD_JWT ! as Tokens.secret by @Value jwt.secret")
    }

    @Test("a library with the settings of several programs around it has none of their texts")
    func library() {
        var files = ["common/src/main/java/Tokens.java": Self.code]
        for name in ["one", "two"] { files["\(name)/src/main/resources/application.yml"] = "jwt:\n  secret: \(name)\n" }
        let facts = SourceReaders.read(SourceTree(files)).facts.filter { $0.language == .java }
        #expect(
            facts.flatMap { FactLines.of($0) }[0]
                == "read 2:15 JWT_SECRET | <the settings of each program> as Tokens.secret by @Value jwt.secret")
    }

    @Test("a configuration server's file of the program's name goes before the one for all, others say nothing")
    func configurationServer() {
        let common = "config-server/src/main/resources/config/"
        var files = [common + "application.yml": "jwt: {}\n", common + "other.yml": "jwt:\n  secret: not-mine\n"]
        #expect(Self.reads(files)[0].contains("| <jwt.secret>"))
        files[common + "application.yml"] = "jwt:\n  secret: for-all\n"
        #expect(Self.reads(files)[0].contains("| 'for-all'"))
        files[common + "app.yml"] = "jwt:\n  secret: mine\n"
        #expect(Self.reads(files)[0].contains("| 'mine'"))
    }

    @Test("a file of another program says nothing")
    func otherProgram() {
        let lines = Self.reads([
            "app/src/main/resources/application.yml": "jwt:\n  secret: ${A}\n",
            "other/src/main/resources/application.yml": "jwt:\n  secret: ${B}\n",
        ])
        #expect(lines[0] == "read 2:15 JWT_SECRET | A ! as Tokens.secret by @Value jwt.secret")
    }
}

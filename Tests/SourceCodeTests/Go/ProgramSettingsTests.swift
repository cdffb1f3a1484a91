import Evidence
import Testing

@testable import SourceCode

@Suite("Files of settings beside a program")
struct ProgramSettingsTests {
    @Test(
        "by their names and folders",
        arguments: [
            ("config.yaml", true), ("auth/configs/app.yml", true), ("auth/config.prod.yaml", true),
            ("user/api/etc/user.yaml", true), ("config.example.yaml", false), (".circleci/config.yml", false),
            ("k8s/secret.yaml", false), ("conf/app.ini", false),
        ])
    func names(path: String, isRead: Bool) {
        #expect(ProgramSettingsReader().reads(path: path) == isRead)
    }

    @Test("texts and placeholders are read, another tool's manifest is not")
    func texts() {
        let text = """
            jwt:
              secret: ${JWT_SECRET:-dev}
              expiry: 15
            Auth:
              AccessSecret: in-the-file
            other:
              jwt_secret: $OTHER_JWT
            """
        #expect(
            FactLines.of(ProgramSettingsReader().facts(of: text, file: "config.yaml")) == [
                "read 2:11 JWT_SECRET? | 'dev' as jwt.secret by config file",
                "read 5:17 'in-the-file' as Auth.AccessSecret by config file",
                "read 7:15 OTHER_JWT? as other.jwt_secret by config file",
            ])
        let manifest = "apiVersion: v1\nkind: Secret\nstringData:\n  jwt_secret: x\n"
        #expect(ProgramSettingsReader().facts(of: manifest, file: "config.yaml").isEmpty)
    }

    @Test("what viper looks up is what its file holds, unless the variable is set")
    func viper() {
        let code = """
            package main

            func key() []byte {
            	viper.AutomaticEnv()
            	return []byte(viper.GetString("jwt.secret"))
            }

            func check(t string) { jwt.Parse(t, func(t *jwt.Token) (any, error) { return key(), nil }) }

            """
        let facts = SourceReaders.read(
            SourceTree(["auth/main.go": code, "auth/config.yaml": "jwt:\n  secret: in-the-file\n"])
        ).facts
        #expect(
            facts.filter { $0.language == .go }.flatMap { FactLines.of($0) }.first
                == "read 5:32 JWT_SECRET? | 'in-the-file' by viper jwt.secret")
    }

    @Test("go-zero checks tokens with the secret that its routes are given")
    func goZero() {
        let code = """
            package handler

            func Register(server *rest.Server, ctx *svc.ServiceContext) {
            	server.AddRoutes(routes, rest.WithJwt(ctx.Config.Auth.AccessSecret))
            }

            """
        #expect(
            FactLines.of(code, file: "main.go") == [
                "verify 4:27 rest.WithJwt HS256 with ? named ctx.Config.Auth.AccessSecret"
            ])
    }
}

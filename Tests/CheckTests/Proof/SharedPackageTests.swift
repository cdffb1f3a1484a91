import Evidence
import Testing

@testable import Check

/// Programs that verify by the code of a package that they share: no line of their own says so.
@Suite("Token calls of shared packages")
struct SharedPackageTests {
    /// What is missing in a compose file that gives the secret to `users` alone.
    private static func missing(_ files: [String: String], services: [String]) -> [String] {
        var files = files
        files["docker-compose.yml"] =
            "services:\n"
            + services.map { name in
                """
                  \(name):
                    build: {context: ., dockerfile: apps/\(name)/Dockerfile}
                    environment:
                      PORT: 80\(name == "users" ? "\n      JWT_SECRET: ${JWT_SECRET:?}" : "")

                """
            }.joined()
        for name in services { files["apps/\(name)/Dockerfile"] = "FROM scratch" }
        return Checker(SourceTree(files)).run().findings.filter { $0.rule == .missingSecret }
            .compactMap(\.services.first).sorted()
    }

    private static let npm: [String: String] = [
        "package.json": #"{"workspaces": ["apps/*", "packages/*"]}"#,
        "packages/kit/package.json": #"{"name": "@shop/kit"}"#,
        "packages/kit/src/index.ts": "export * from './guard';\nexport * from './log';\n",
        "packages/kit/src/log.ts": "export const log = console;\n",
        "packages/kit/src/tokens.ts": """
        import jwt from 'jsonwebtoken';

        export function issue(claims: object, secret: string) {
          return jwt.sign(claims, secret);
        }

        export function check(token: string, secret: string) {
          return jwt.verify(token, secret);
        }
        """,
        "packages/kit/src/guard.ts": """
        import { check } from './tokens';

        export const guard = (req, res, next) => {
          req.user = check(req.headers.authorization, process.env.JWT_SECRET);
          next();
        };
        """,
        "apps/users/package.json": "{}",
        "apps/users/src/login.ts": """
        import { issue } from '@shop/kit';

        export const login = (user) => issue({ sub: user.id }, process.env.JWT_SECRET);
        """,
        "apps/orders/package.json": "{}", "apps/mail/package.json": "{}",
        "apps/mail/src/main.ts": "import { log } from '@shop/kit';\nlog.info('up');\n",
    ]

    @Test(
        "a service that puts a shared guard before its routes takes part; one that takes its logger alone does not",
        arguments: [
            "import { guard } from '@shop/kit';\nrouter.get('/', guard, list);\n",
            "import { guard as only } from '@shop/kit/src/guard';\nrouter.use(only);\n",
            "import * as kit from '@shop/kit';\nrouter.use(kit.guard);\n",
            "const { guard } = require('../../../packages/kit/src/guard');\nrouter.use(guard);\n",
        ])
    func npm(routes: String) {
        var files = Self.npm
        files["apps/orders/src/routes.ts"] = routes
        #expect(Self.missing(files, services: ["users", "orders", "mail"]) == ["orders"])
        files["apps/orders/src/routes.ts"] = routes.replacing("guard", with: "other")
        #expect(Self.missing(files, services: ["users", "orders", "mail"]) == [])
    }

    @Test("a Nest library under an alias: the module that brings the strategy, and not the rest of the library")
    func nest() {
        var files: [String: String] = [
            "package.json": "{}",
            "libs/common/src/auth/jwt.strategy.ts": """
            import { PassportStrategy } from '@nestjs/passport';
            import { ExtractJwt, Strategy } from 'passport-jwt';

            export class JwtStrategy extends PassportStrategy(Strategy) {
              constructor() {
                super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: process.env.JWT_SECRET });
              }
            }
            """,
            "libs/common/src/auth/auth.module.ts": """
            import { Module } from '@nestjs/common';
            import { JwtStrategy } from './jwt.strategy';

            @Module({ providers: [JwtStrategy] })
            export class AuthModule {}
            """,
            "libs/common/src/log.ts": "export class LogModule {}\n",
            "apps/users/src/main.ts": """
            import jwt from 'jsonwebtoken';
            export const login = () => jwt.sign({}, process.env.JWT_SECRET);
            """,
            "apps/mail/src/main.ts": "import { LogModule } from '@app/common';\n",
        ]
        files["apps/orders/src/main.ts"] =
            "import { AuthModule } from '@app/common';\n@Module({ imports: [AuthModule] })\nclass App {}\n"
        #expect(Self.missing(files, services: ["users", "orders", "mail"]) == ["orders"])
    }

    @Test("a Python package beside the services, and a module that each service has of its own")
    func python() {
        let check = """
            import os
            import jwt

            def current_user(token):
                return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])
            """
        var files: [String: String] = [
            "shared/auth.py": check, "shared/log.py": "def info(text): print(text)\n",
            "apps/users/requirements.txt": "", "apps/orders/requirements.txt": "", "apps/mail/requirements.txt": "",
            "apps/users/main.py": """
            import os
            import jwt

            def login():
                return jwt.encode({}, os.environ["JWT_SECRET"], algorithm="HS256")
            """,
            "apps/orders/main.py": "from fastapi import Depends\nfrom shared.auth import current_user\n",
            "apps/mail/main.py": "from shared.log import info\n",
        ]
        #expect(Self.missing(files, services: ["users", "orders", "mail"]) == ["orders"])
        // Everyone means its own `core.auth`.
        files["shared/auth.py"] = nil
        files["apps/users/core/auth.py"] = check
        files["apps/orders/core/auth.py"] = "def current_user(token): return None\n"
        files["apps/orders/main.py"] = "from core.auth import current_user\n"
        #expect(Self.missing(files, services: ["users", "orders", "mail"]) == [])
    }

    @Test("names that lead in a circle, and thousands of them, come to an end")
    func hostile() {
        var files = Self.npm
        files["packages/kit/src/a.ts"] =
            "import { second } from './b';\nimport jwt from 'jsonwebtoken';\nexport const first = () => second() + jwt.verify(t, process.env.JWT_SECRET);\n"
        files["packages/kit/src/b.ts"] = "import { first } from './a';\nexport const second = () => first();\n"
        files["apps/orders/src/all.ts"] =
            (0..<3000).map { "import { first as a\($0) } from '@shop/kit';" }.joined(separator: "\n")
            + "\nimport { second } from '@shop/kit';\nsecond();\n"
        #expect(Self.missing(files, services: ["users", "orders"]) == ["orders"])
    }
}

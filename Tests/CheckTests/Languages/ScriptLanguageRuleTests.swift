import Evidence
import Testing

@testable import Check

/// Rules over code in JavaScript and TypeScript. `LS203` is about manifests of plant modules, here in JSON.
@Suite("Rules over JavaScript and TypeScript")
struct ScriptLanguageRuleTests {
    // MARK: JavaScript

    private static let script = LanguageShop.with([
        "auth/package.json": #"{"name": "auth", "dependencies": {"jsonwebtoken": "9"}}"#,
        "auth/src/config.js": """
        module.exports = {
          env: process.env.ENVIRONMENT || 'production',
          jwtSecret: process.env.JWT_SECRET,
        };
        """,
        "auth/src/tokens.js": """
        const jwt = require('jsonwebtoken');
        const config = require('./config');

        exports.issue = (user) =>
          jwt.sign({ sub: user.id }, config.jwtSecret, {
            algorithm: 'HS256', issuer: 'auth', audience: 'shop', expiresIn: '15m',
          });

        exports.refresh = (token) =>
          jwt.verify(token, config.jwtSecret, { algorithms: ['HS256'], issuer: 'auth', audience: 'shop' });
        """,
        "orders/package.json": #"{"name": "orders", "dependencies": {"jsonwebtoken": "9"}}"#,
        "orders/index.js": """
        const jwt = require('jsonwebtoken');

        const env = process.env.ENVIRONMENT || 'production';
        const secret = process.env.JWT_SECRET;

        exports.user = (token) =>
          jwt.verify(token, secret, { algorithms: ['HS256'], issuer: 'auth', audience: 'shop' });
        """,
        "plugins/farm/manifest.json": #"{"name": "farm", "settings": {"GRID_SIZE": {"type": "number"}}}"#,
    ])
    private static let orders = "orders/index.js"

    private static let inScript = [
        RuleFixture(
            .secondLoadingPath, "one of two calls tries another name too", in: script,
            .replace(
                "verify(token, config.jwtSecret", in: "auth/src/tokens.js",
                with: "verify(token, process.env.JWT_SECRET || process.env.SECRET_KEY"),
            finds: ["LS201 auth/src/tokens.js:10"]),
        RuleFixture(
            .defaultInCode, "a text stands in", in: script,
            .replace("process.env.JWT_SECRET", in: orders, with: "process.env.JWT_SECRET || 'orders-secret'"),
            finds: ["LS202 orders/index.js:4"]),
        RuleFixture(
            .defaultInCode, "random bytes stand in", in: script,
            .replace(
                "process.env.JWT_SECRET", in: orders,
                with: "process.env.JWT_SECRET || require('crypto').randomBytes(32).toString('hex')"),
            finds: ["LS202 orders/index.js:4"]),
        RuleFixture(
            .environmentDetectedTwice, "the programs ask two variables", in: script,
            .replace("process.env.ENVIRONMENT", in: orders, with: "process.env.APP_ENV"),
            finds: ["LS204 orders/index.js:3"]),
        RuleFixture(
            .environmentDetectedTwice, "the programs assume two environments", in: script,
            .replace("'production'", in: orders, with: "'development'"), finds: ["LS204 orders/index.js:3"]),
        RuleFixture(
            .policyDiffers, "another algorithm is accepted", in: script,
            .replace("['HS256']", in: orders, with: "['HS512']"), finds: ["LS110 orders/index.js:7"]),
        RuleFixture(
            .policyDiffers, "another audience is accepted", in: script,
            .replace("'shop'", in: orders, with: "'orders'"), finds: ["LS110 orders/index.js:7"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live for a week", in: script, LanguageShop.limited,
            .replace("'15m'", in: "auth/src/tokens.js", with: "'7d'"), finds: ["LS301 docker-compose.prod.yml:10"]),
        RuleFixture(
            .moduleDeclaresSecurity, "a plugin declares the secret", in: script,
            .replace("GRID_SIZE", in: "plugins/farm/manifest.json", with: "JWT_SECRET"),
            finds: ["LS203 plugins/farm/manifest.json:1"]),
    ]

    @Test("JavaScript: each fault is found where it stands, and gone when it is mended", arguments: inScript)
    func ruleInScript(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: TypeScript

    private static let typed = LanguageShop.with([
        "auth/package.json": #"{"name": "auth", "dependencies": {"@nestjs/jwt": "10", "@nestjs/config": "3"}}"#,
        "auth/src/auth.module.ts": """
        import { Module } from '@nestjs/common';
        import { ConfigService } from '@nestjs/config';
        import { JwtModule } from '@nestjs/jwt';

        @Module({
          imports: [
            JwtModule.registerAsync({
              inject: [ConfigService],
              useFactory: (config: ConfigService) => ({
                secret: config.getOrThrow<string>('JWT_SECRET'),
                signOptions: { algorithm: 'HS256', expiresIn: '15m', issuer: 'auth', audience: 'shop' },
              }),
            }),
          ],
        })
        export class AuthModule {}
        """,
        "auth/src/environment.ts": "export const environment: string = process.env.ENVIRONMENT ?? 'production';\n",
        "orders/package.json": #"{"name": "orders", "dependencies": {"jose": "5"}}"#,
        "orders/src/guard.ts": """
        import { jwtVerify } from 'jose';

        const environment = process.env.ENVIRONMENT ?? 'production';
        const key = new TextEncoder().encode(process.env.JWT_SECRET);

        export async function user(token: string) {
          const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: 'auth', audience: 'shop' });
          return payload.sub;
        }
        """,
    ])
    private static let guarding = "orders/src/guard.ts"

    private static let inTyped = [
        RuleFixture(
            .secondLoadingPath, "a socket reads the environment in another order", in: typed,
            .write(
                "orders/src/socket.ts",
                """
                import { jwtVerify } from 'jose';

                export const check = (token: string) =>
                  jwtVerify(token, new TextEncoder().encode(process.env.SECRET_KEY ?? process.env.JWT_SECRET), {
                    algorithms: ['HS256'],
                  });
                """), finds: ["LS201 orders/src/socket.ts:4"]),
        RuleFixture(
            .defaultInCode, "the config service has a text for it", in: typed,
            .replace(
                "config.getOrThrow<string>('JWT_SECRET')", in: "auth/src/auth.module.ts",
                with: "config.get<string>('JWT_SECRET', 'nest-secret')"), finds: ["LS202 auth/src/auth.module.ts:10"]),
        RuleFixture(
            .defaultInCode, "two programs have two texts", in: typed,
            .replace(
                "config.getOrThrow<string>('JWT_SECRET')", in: "auth/src/auth.module.ts",
                with: "config.get<string>('JWT_SECRET', 'nest-secret')"),
            .replace("process.env.JWT_SECRET", in: guarding, with: "process.env.JWT_SECRET ?? 'guard-secret'"),
            finds: ["LS202 auth/src/auth.module.ts:10", "LS202 orders/src/guard.ts:4", "LS202 orders/src/guard.ts:4"]),
        RuleFixture(
            .environmentDetectedTwice, "the typed programs ask two variables", in: typed,
            .replace("process.env.ENVIRONMENT", in: guarding, with: "process.env.DEPLOY_ENV"),
            finds: ["LS204 orders/src/guard.ts:3"]),
        RuleFixture(
            .policyDiffers, "another issuer is accepted", in: typed,
            .replace("issuer: 'auth'", in: guarding, with: "issuer: 'portal'"), finds: ["LS110 orders/src/guard.ts:7"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live for two days", in: typed, LanguageShop.limited,
            .replace("'15m'", in: "auth/src/auth.module.ts", with: "'2d'"), finds: ["LS301 docker-compose.prod.yml:10"]),
    ]

    @Test("TypeScript: each fault is found where it stands, and gone when it is mended", arguments: inTyped)
    func ruleInTyped(_ fixture: RuleFixture) { fixture.verify() }
}

import Testing

@testable import SourceCode

@Suite("JavaScript: reads and defaults")
struct JavaScriptReadsTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(JavaScriptReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "a variable with a default", "main.js",
            #"""
            const jwt = require('jsonwebtoken');
            const JWT_SECRET = process.env.JWT_SECRET || 'dev-secret';

            exports.make = (user) => jwt.sign({ sub: user.id }, JWT_SECRET, { expiresIn: '1h', algorithm: 'HS256', issuer: 'portal', audience: 'api' });
            exports.check = (token) => jwt.verify(token, JWT_SECRET, { algorithms: ['HS256'] });
            """#,
            [
                "read 2:32 JWT_SECRET? | 'dev-secret' as JWT_SECRET by process.env",
                "sign 4:26 jsonwebtoken.sign HS256 with JWT_SECRET? | 'dev-secret' named JWT_SECRET iss portal aud api",
                "verify 5:28 jsonwebtoken.verify HS256 with JWT_SECRET? | 'dev-secret' named JWT_SECRET",
                "lifetime 4:78 expiresIn 3600",
            ]),
        .init(
            "nullish and an index", "main.ts",
            #"""
            import jwt, { JwtPayload } from 'jsonwebtoken';

            const secret: string = process.env['JWT_SECRET'] ?? process.env.JWT_SECRET_KEY ?? 'nullish';

            export function check(token: string): JwtPayload {
              return jwt.verify(token, secret) as JwtPayload;
            }
            """#,
            [
                "read 3:36 JWT_SECRET | JWT_SECRET_KEY | 'nullish' as secret by process.env",
                "verify 6:10 jsonwebtoken.verify with JWT_SECRET | JWT_SECRET_KEY | 'nullish' named secret",
            ]),
        .init(
            "taken apart with a default", "main.mjs",
            #"""
            import { sign as signToken, verify } from 'jsonwebtoken';
            const { JWT_SECRET = 'taken-apart', NODE_ENV: env = 'development', REFRESH_TOKEN_SECRET: refresh } = process.env;
            const a = signToken({}, JWT_SECRET);
            const r = signToken({}, refresh, { expiresIn: '7d' });
            """#,
            [
                "read 2:9 JWT_SECRET | 'taken-apart' as JWT_SECRET by process.env",
                "read 2:68 REFRESH_TOKEN_SECRET as refresh by process.env",
                "sign 3:11 jsonwebtoken.sign with JWT_SECRET | 'taken-apart' named JWT_SECRET",
                "sign 4:11 jsonwebtoken.sign with REFRESH_TOKEN_SECRET named refresh",
                "environment 2:37 NODE_ENV 'development'",
            ]),
        .init(
            "a check that throws", "main.ts",
            #"""
            import * as jwt from 'jsonwebtoken'

            const secret = process.env.JWT_SECRET!
            if (!secret) {
              throw new Error('JWT_SECRET is missing')
            }
            export const verify = (t: string) => jwt.verify(t, secret as string, { algorithms: ['HS384'] })
            """#,
            [
                "read 3:28 JWT_SECRET? ! as secret by process.env",
                "verify 7:38 jsonwebtoken.verify HS384 with JWT_SECRET? ! named secret",
            ]),
        .init(
            "a configuration object", "main.ts",
            #"""
            export const config = {
              port: 3000,
              jwt: {
                secret: process.env.JWT_SECRET || 'object-default',
                expiresIn: process.env.JWT_EXPIRES_IN || '1d',
              },
            };
            import jwt from 'jsonwebtoken';
            jwt.sign({}, config.jwt.secret, { expiresIn: config.jwt.expiresIn });
            """#,
            [
                "read 4:25 JWT_SECRET? | 'object-default' as config.jwt.secret by process.env",
                "sign 9:1 jsonwebtoken.sign with JWT_SECRET? | 'object-default' named config.jwt.secret",
                "lifetime 9:57 expiresIn 86400",
            ]),
        .init(
            "a configuration of another file", "main.ts",
            #"""
            import jwt from 'jsonwebtoken';
            import appConfig, { JWT_SECRET as SECRET } from '../config';
            import { getSecret } from './secrets';

            jwt.sign({}, appConfig.jwt.secret);
            jwt.verify(t, SECRET);
            jwt.verify(t, getSecret());
            jwt.verify(t, await loadJwtSecret(), { maxAge: '12h' });
            """#,
            [
                "sign 5:1 jsonwebtoken.sign with ? named appConfig.jwt.secret",
                "verify 6:1 jsonwebtoken.verify with ? named JWT_SECRET",
                "verify 7:1 jsonwebtoken.verify with <getSecret()> named getSecret()",
                "verify 8:1 jsonwebtoken.verify with <loadJwtSecret()> named loadJwtSecret()",
                "maximumLifetime 8:48 maxAge 43200",
            ]),
        .init(
            "keys that are made", "main.ts",
            #"""
            import { createHash, randomBytes } from 'node:crypto';
            import jwt from 'jsonwebtoken';

            const hashed = createHash('sha256').update(process.env.JWT_SECRET!).digest('hex');
            const JWT_SECRET = process.env.JWT_SECRET || randomBytes(32).toString('hex');
            const joined = `${process.env.JWT_SECRET}-${process.env.NODE_ENV || 'test'}`;
            const raw = Buffer.from(process.env.JWT_SECRET!, 'base64');
            const same = Buffer.from(process.env.JWT_SECRET!, 'utf8').toString();
            jwt.sign({}, hashed);
            jwt.sign({}, joined);
            jwt.sign({}, raw);
            jwt.sign({}, same);
            """#,
            [
                "read 4:16 computed(JWT_SECRET) as hashed by process.env",
                "read 5:32 JWT_SECRET? | computed() as JWT_SECRET by process.env",
                "read 6:16 computed(JWT_SECRET, NODE_ENV) as joined by process.env",
                "read 7:13 computed(JWT_SECRET) as raw by process.env",
                "read 8:38 JWT_SECRET as same by process.env",
                "sign 9:1 jsonwebtoken.sign with computed(JWT_SECRET) named hashed",
                "sign 10:1 jsonwebtoken.sign with computed(JWT_SECRET, NODE_ENV) named joined",
                "sign 11:1 jsonwebtoken.sign with computed(JWT_SECRET) named raw",
                "sign 12:1 jsonwebtoken.sign with JWT_SECRET named same",
                "environment 6:57 NODE_ENV 'test'",
            ]),
        .init(
            "Deno, Bun and Vite", "main.ts",
            #"""
            const a = Deno.env.get('JWT_SECRET') ?? 'deno';
            const JWT_SECRET_B = Bun.env.JWT_SECRET;
            const c = import.meta.env.VITE_JWT_SECRET;
            """#,
            [
                "read 1:24 JWT_SECRET | 'deno' as a by Deno.env.get",
                "read 2:30 JWT_SECRET as JWT_SECRET_B by Bun.env",
                "read 3:27 VITE_JWT_SECRET as c by import.meta.env",
            ]),
        .init(
            "functions that read the environment", "main.ts",
            #"""
            import jwt from 'jsonwebtoken';
            import env from 'env-var';
            import { requireEnv } from './env';

            const a = requireEnv('JWT_SECRET');
            const TOKEN_SECRET = env.get('TOKEN_SECRET').default('env-var-default').asString();
            function getJwtSecret(): string {
              const value = process.env.JWT_SECRET;
              if (!value) throw new Error('no');
              return value;
            }
            jwt.sign({}, a);
            jwt.verify(t, getJwtSecret());
            """#,
            [
                "read 5:22 JWT_SECRET ! as a by requireEnv",
                "read 6:30 TOKEN_SECRET | 'env-var-default' as TOKEN_SECRET by env-var",
                "read 8:29 JWT_SECRET? ! as getJwtSecret() by process.env",
                "sign 12:1 jsonwebtoken.sign with JWT_SECRET ! named a",
                "verify 13:1 jsonwebtoken.verify with JWT_SECRET? ! named getJwtSecret()",
            ]),
        .init(
            "the environment", "main.js",
            #"""
            const env = process.env.NODE_ENV || 'development';
            const isCloud = Boolean(process.env.K_SERVICE);
            if (process.env.APP_ENV === 'production') {}
            """#,
            [
                "environment 1:25 NODE_ENV 'development'",
                "environment 2:37 K_SERVICE",
                "environment 3:17 APP_ENV",
            ]),
        .init(
            "assignments and a conditional", "main.js",
            #"""
            let secret = process.env.JWT_SECRET;
            if (!secret) secret = 'late-default';
            module.exports = { jwtSecret: secret, sign: (p) => require('jsonwebtoken').sign(p, secret) };
            const key = process.env.NODE_ENV === 'production' ? process.env.JWT_SECRET : 'chosen';
            exports.tokenSecret = process.env.TOKEN_SECRET ||= 'assigned';
            """#,
            [
                "read 1:26 JWT_SECRET? | 'late-default' as secret by process.env",
                "read 4:65 JWT_SECRET | 'chosen' as key by process.env",
                "read 5:35 TOKEN_SECRET? | 'assigned' as tokenSecret by process.env",
                "sign 3:52 jsonwebtoken.sign with JWT_SECRET? | 'late-default' named secret",
                "environment 4:25 NODE_ENV",
            ]),
        .init(
            "no semicolons and a line that goes on", "main.js",
            #"""
            import jwt from 'jsonwebtoken'
            const secret =
              process.env.JWT_SECRET
              || process.env.SECRET_KEY
              || 'over-lines'
            const verify = token =>
              jwt
                .verify(token, secret)
            const again = (token) => { return jwt.verify(token, secret, { algorithms }) }
            const algorithms = ['HS256']
            """#,
            [
                "read 3:15 JWT_SECRET? | SECRET_KEY? | 'over-lines' as secret by process.env",
                "verify 7:3 jsonwebtoken.verify with JWT_SECRET? | SECRET_KEY? | 'over-lines' named secret",
                "verify 9:35 jsonwebtoken.verify HS256 with JWT_SECRET? | SECRET_KEY? | 'over-lines' named secret",
            ]),
        .init(
            "a check of the variable itself", "main.ts",
            #"""
            import { SignJWT } from 'jose';
            import jwt from 'jsonwebtoken';

            if (!process.env.JWT_SECRET || !process.env.REFRESH_TOKEN_SECRET) {
              throw new Error('missing');
            }
            const getSecretKey = () => {
              if (!process.env.AUTH_SECRET) throw new Error('missing');
              return new TextEncoder().encode(process.env.AUTH_SECRET);
            };
            await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(getSecretKey());
            jwt.verify(token, process.env.JWT_SECRET);
            """#,
            [
                "read 9:47 AUTH_SECRET? ! as getSecretKey() by process.env",
                "read 12:31 JWT_SECRET? ! by process.env",
                "sign 11:7 SignJWT.sign HS256 with AUTH_SECRET? ! named getSecretKey()",
                "verify 12:1 jsonwebtoken.verify with JWT_SECRET? !",
            ]),
    ]
}

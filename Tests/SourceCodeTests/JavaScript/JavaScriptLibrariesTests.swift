import Testing

@testable import SourceCode

@Suite("JavaScript: libraries that sign and verify")
struct JavaScriptLibrariesTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(JavaScriptReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "a key function", "main.js",
            #"""
            const jwt = require('jsonwebtoken');
            function getKey(header, callback) {
              callback(null, process.env.JWT_SECRET);
            }
            jwt.verify(token, getKey, { algorithms: ['HS256'] }, (err, data) => {});
            jwt.verify(token, (header, cb) => cb(null, 'literal-key'), done);
            """#,
            [
                "read 3:30 JWT_SECRET by process.env",
                "verify 5:1 jsonwebtoken.verify HS256 with JWT_SECRET",
                "verify 6:1 jsonwebtoken.verify with 'literal-key'",
            ]),
        .init(
            "jose with an encoder", "main.ts",
            #"""
            import { SignJWT, jwtVerify } from 'jose';

            const key = new TextEncoder().encode(process.env.JWT_SECRET);

            export async function issue(claims: Claims) {
              return await new SignJWT(claims)
                .setProtectedHeader({ alg: 'HS256' })
                .setIssuer('portal')
                .setAudience('api')
                .setExpirationTime('2h')
                .sign(key);
            }

            export const check = async (token: string): Promise<Claims> => {
              const { payload } = await jwtVerify(token, key, { issuer: 'portal', audience: 'api', algorithms: ['HS256'] });
              return payload as Claims;
            };
            """#,
            [
                "read 3:50 JWT_SECRET as key by process.env",
                "sign 6:16 SignJWT.sign HS256 with JWT_SECRET named key iss portal aud api",
                "verify 15:29 jwtVerify HS256 with JWT_SECRET named key iss portal aud api",
                "lifetime 10:24 setExpirationTime 7200",
            ]),
        .init(
            "jose with public keys", "main.ts",
            #"""
            import * as jose from 'jose';
            const jwks = jose.createRemoteJWKSet(new URL('https://issuer/jwks.json'), { cacheMaxAge: 600000 });
            const pub = await jose.importSPKI(process.env.JWT_PUBLIC_KEY!, 'RS256');
            await jose.jwtVerify(token, jwks);
            await jose.jwtVerify(token, pub, { algorithms: ['RS256'] });
            """#,
            [
                "verify 4:7 jwtVerify with (pair) named jwks",
                "verify 5:7 jwtVerify RS256 with (pair) named pub",
                "cache 2:90 cacheMaxAge 600",
            ]),
        .init(
            "Hono and a Worker", "main.ts",
            #"""
            import { Hono } from 'hono';
            import { jwt, sign, verify } from 'hono/jwt';
            type Bindings = { JWT_SECRET: string };
            const app = new Hono<{ Bindings: Bindings }>();
            app.use('/api/*', jwt({ secret: 'it-is-very-secret', alg: 'HS256' }));
            app.get('/t', async (c) => c.text(await sign({ sub: 'x' }, c.env.JWT_SECRET, 'HS256')));
            export default {
              async fetch(request: Request, env: Bindings) {
                return verify(token, env.JWT_SECRET, 'HS256');
              },
            };
            """#,
            [
                "read 6:66 JWT_SECRET by env",
                "read 9:30 JWT_SECRET by env",
                "verify 5:19 hono/jwt HS256 with 'it-is-very-secret'",
                "sign 6:41 hono/jwt.sign HS256 with JWT_SECRET",
                "verify 9:12 hono/jwt.verify HS256 with JWT_SECRET",
            ]),
        .init(
            "NextAuth without a secret", "main.ts",
            #"""
            import NextAuth from 'next-auth';
            export const { handlers, auth } = NextAuth({ providers: [GitHub] });
            """#,
            [
                "read 2:35 AUTH_SECRET | NEXTAUTH_SECRET ! by next-auth",
                "sign 2:35 NextAuth with AUTH_SECRET | NEXTAUTH_SECRET !",
                "verify 2:35 NextAuth with AUTH_SECRET | NEXTAUTH_SECRET !",
            ]),
        .init(
            "NextAuth", "main.ts",
            #"""
            import NextAuth, { NextAuthOptions } from 'next-auth';
            import { getToken } from 'next-auth/jwt';

            export const authOptions: NextAuthOptions = {
              providers: [],
              secret: process.env.NEXTAUTH_SECRET,
              session: { strategy: 'jwt', maxAge: 30 * 24 * 60 * 60 },
            };
            export default NextAuth(authOptions);
            const token = await getToken({ req, secret: process.env.NEXTAUTH_SECRET });
            """#,
            [
                "read 6:23 NEXTAUTH_SECRET as authOptions.secret by process.env",
                "read 10:57 NEXTAUTH_SECRET by process.env",
                "sign 4:45 NextAuth with NEXTAUTH_SECRET",
                "verify 4:45 NextAuth with NEXTAUTH_SECRET",
                "verify 10:21 getToken with NEXTAUTH_SECRET",
                "lifetime 7:39 session.maxAge 2592000",
            ]),
        .init(
            "HMAC by hand", "main.js",
            #"""
            const crypto = require('crypto');
            function signJwt(payload) {
              const header = b64({ alg: 'HS256' });
              const unsigned = `${header}.${b64(payload)}`;
              return unsigned + '.' + crypto.createHmac('sha256', process.env.JWT_SECRET).update(unsigned).digest('base64url');
            }
            function verifyWebhook(body) {
              return crypto.createHmac('sha256', process.env.WEBHOOK_SECRET).update(body).digest('hex');
            }
            """#,
            [
                "read 5:67 JWT_SECRET by process.env",
                "sign 5:27 createHmac HS256 with JWT_SECRET",
            ]),
        .init(
            "a class with its key as a field", "main.ts",
            #"""
            import jwt from 'jsonwebtoken';
            export class TokenService {
              private readonly secret: string = process.env.JWT_SECRET ?? 'field';
              static LIFETIME = '15m';

              constructor(private readonly other: string) {}

              public sign = (claims: object): string => jwt.sign(claims, this.secret, { expiresIn: TokenService.LIFETIME });

              check(token: string): unknown {
                return jwt.verify(token, this.other);
              }
            }
            """#,
            [
                "read 3:49 JWT_SECRET | 'field' as TokenService.secret by process.env",
                "sign 8:45 jsonwebtoken.sign with JWT_SECRET | 'field' named TokenService.secret",
                "verify 11:12 jsonwebtoken.verify with ? named TokenService.other",
                "lifetime 8:101 expiresIn 900",
            ]),
        .init(
            "fast-jwt and jwt-simple", "main.js",
            #"""
            const { createSigner, createVerifier } = require('fast-jwt');
            const simple = require('jwt-simple');
            const sign = createSigner({ key: process.env.JWT_SECRET, algorithm: 'HS512', expiresIn: '10m' });
            const verify = createVerifier({ key: async () => process.env.JWT_SECRET });
            simple.encode({}, 'simple-key', 'HS256');
            simple.decode(t, 'simple-key');
            """#,
            [
                "read 3:46 JWT_SECRET by process.env",
                "read 4:62 JWT_SECRET by process.env",
                "sign 3:14 createSigner HS512 with JWT_SECRET",
                "verify 4:16 createVerifier with JWT_SECRET",
                "sign 5:1 jwt-simple.encode HS256 with 'simple-key'",
                "verify 6:1 jwt-simple.decode with 'simple-key'",
                "lifetime 3:89 expiresIn 600",
            ]),
        .init(
            "djwt", "main.ts",
            #"""
            import { create, verify } from 'https://deno.land/x/djwt@v3.0.1/mod.ts';
            const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(Deno.env.get('JWT_SECRET')), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
            const token = await create({ alg: 'HS256', typ: 'JWT' }, { sub: 'x' }, key);
            await verify(token, key);
            """#,
            [
                "read 2:88 JWT_SECRET as key by Deno.env.get",
                "sign 3:21 djwt.create HS256 with JWT_SECRET named key",
                "verify 4:7 djwt.verify with JWT_SECRET named key",
            ]),
    ]
}

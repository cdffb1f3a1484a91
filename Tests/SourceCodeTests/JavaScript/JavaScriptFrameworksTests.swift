import Testing

@testable import SourceCode

@Suite("JavaScript: frameworks")
struct JavaScriptFrameworksTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(JavaScriptReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "NestJS with a config service", "main.ts",
            #"""
            import { Module } from '@nestjs/common';
            import { JwtModule } from '@nestjs/jwt';
            import { ConfigModule, ConfigService } from '@nestjs/config';

            @Module({
              imports: [
                JwtModule.registerAsync({
                  imports: [ConfigModule],
                  inject: [ConfigService],
                  useFactory: async (configService: ConfigService) => ({
                    secret: configService.get<string>('JWT_SECRET', 'nest-default'),
                    signOptions: { expiresIn: '60m', issuer: 'portal', algorithm: 'HS256' },
                  }),
                }),
              ],
            })
            export class AuthModule {}
            """#,
            [
                "read 11:43 JWT_SECRET | 'nest-default' by ConfigService.get",
                "sign 7:5 JwtModule HS256 with JWT_SECRET | 'nest-default' iss portal",
                "verify 7:5 JwtModule HS256 with JWT_SECRET | 'nest-default' iss portal",
                "lifetime 12:35 expiresIn 3600",
            ]),
        .init(
            "NestJS with a literal", "main.ts",
            #"""
            @Module({
              imports: [JwtModule.register({ secret: jwtConstants.secret, signOptions: { expiresIn: 3600 } })],
            })
            export class AuthModule {}
            export const jwtConstants = { secret: 'a-secret-in-a-constant' };
            """#,
            [
                "read 5:31 'a-secret-in-a-constant' as jwtConstants.secret by constant",
                "sign 2:13 JwtModule with 'a-secret-in-a-constant' named jwtConstants.secret",
                "verify 2:13 JwtModule with 'a-secret-in-a-constant' named jwtConstants.secret",
                "lifetime 2:89 expiresIn 3600",
            ]),
        .init(
            "a Passport strategy", "main.ts",
            #"""
            import { ExtractJwt, Strategy } from 'passport-jwt';
            import { PassportStrategy } from '@nestjs/passport';

            @Injectable()
            export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
              constructor(private readonly config: ConfigService) {
                super({
                  jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
                  ignoreExpiration: false,
                  secretOrKey: config.getOrThrow<string>('JWT_SECRET'),
                  algorithms: ['HS256'],
                });
              }
            }
            """#,
            [
                "read 10:46 JWT_SECRET ! by ConfigService.getOrThrow",
                "verify 7:5 passport-jwt HS256 with JWT_SECRET !",
            ]),
        .init(
            "Passport without a framework", "main.js",
            #"""
            const JwtStrategy = require('passport-jwt').Strategy;
            const opts = {};
            passport.use(new JwtStrategy({ secretOrKey: process.env.SECRET_KEY || 'passport', issuer: 'portal' }, (payload, done) => done()));
            """#,
            [
                "read 3:57 SECRET_KEY? | 'passport' by process.env",
                "verify 3:14 passport-jwt with SECRET_KEY? | 'passport' iss portal",
            ]),
        .init(
            "express-jwt and koa-jwt", "main.js",
            #"""
            const { expressjwt } = require('express-jwt');
            const koaJwt = require('koa-jwt');
            const config = require('./config');

            app.use(expressjwt({ secret: process.env.TOKEN_SECRET, algorithms: ['HS256'], audience: 'api' }));
            koa.use(koaJwt({ secret: config.jwt.secret }));
            """#,
            [
                "read 5:42 TOKEN_SECRET by process.env",
                "verify 5:9 express-jwt HS256 with TOKEN_SECRET aud api",
                "verify 6:9 koa-jwt with ? named config.jwt.secret",
            ]),
        .init(
            "Fastify", "main.ts",
            #"""
            import fastifyJwt from '@fastify/jwt';
            app.register(fastifyJwt, { secret: process.env.JWT_SECRET ?? 'fastify', sign: { algorithm: 'HS256', expiresIn: '15m' } });
            fastify.register(require('@fastify/jwt'), { secret: 'supersecret' });
            """#,
            [
                "read 2:48 JWT_SECRET | 'fastify' by process.env",
                "sign 2:1 @fastify/jwt HS256 with JWT_SECRET | 'fastify'",
                "verify 2:1 @fastify/jwt with JWT_SECRET | 'fastify'",
                "sign 3:1 @fastify/jwt with 'supersecret'",
                "verify 3:1 @fastify/jwt with 'supersecret'",
                "lifetime 2:112 expiresIn 900",
            ]),
    ]
}

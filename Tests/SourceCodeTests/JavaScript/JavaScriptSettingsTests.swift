import Testing

@testable import SourceCode

@Suite("JavaScript: settings")
struct JavaScriptSettingsTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(JavaScriptReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "a zod schema", "main.ts",
            #"""
            import { z } from 'zod';
            import jwt from 'jsonwebtoken';

            const schema = z.object({
              NODE_ENV: z.enum(['development', 'production']).default('development'),
              JWT_SECRET: z.string().min(32).default('zod-default'),
              SESSION_SECRET: z.string(),
            });

            export const env = schema.parse(process.env);
            jwt.sign({}, env.JWT_SECRET);
            """#,
            [
                "read 6:3 JWT_SECRET | 'zod-default' as env.JWT_SECRET by schema",
                "sign 11:1 jsonwebtoken.sign with JWT_SECRET | 'zod-default'",
                "environment 5:3 NODE_ENV 'development'",
            ]),
        .init(
            "envalid, t3-env and Joi", "main.ts",
            #"""
            import { cleanEnv, str } from 'envalid';
            import { createEnv } from '@t3-oss/env-nextjs';
            import * as Joi from 'joi';

            export const settings = cleanEnv(process.env, {
              JWT_SECRET: str({ devDefault: 'envalid' }),
            });
            export const env = createEnv({
              server: { AUTH_SECRET: z.string() },
              runtimeEnv: { AUTH_SECRET: process.env.AUTH_SECRET },
            });
            ConfigModule.forRoot({ validationSchema: Joi.object({ TOKEN_SECRET: Joi.string().required(), JWT_SECRET_KEY: Joi.string().default('joi') }) });
            """#,
            [
                "read 6:3 JWT_SECRET | 'envalid' as settings.JWT_SECRET by schema",
                "read 9:13 AUTH_SECRET ! as env.AUTH_SECRET by schema",
                "read 10:42 AUTH_SECRET by process.env",
                "read 12:55 TOKEN_SECRET ! as TOKEN_SECRET by schema",
                "read 12:94 JWT_SECRET_KEY | 'joi' as JWT_SECRET_KEY by schema",
            ]),
        .init(
            "a namespace of settings", "main.ts",
            #"""
            import { registerAs } from '@nestjs/config';
            export default registerAs('jwt', () => ({
              secret: process.env.JWT_SECRET ?? 'namespace-default',
              refreshSecret: process.env.JWT_REFRESH_SECRET,
            }));
            """#,
            [
                "read 3:23 JWT_SECRET | 'namespace-default' as jwt.secret by process.env",
                "read 4:30 JWT_REFRESH_SECRET as jwt.refreshSecret by process.env",
            ]),
        .init(
            "settings by their path", "main.ts",
            #"""
            @Injectable()
            export class AuthService {
              constructor(private jwtService: JwtService, private configService: ConfigService) {}

              async tokens(user: User) {
                const access = await this.jwtService.signAsync({ sub: user.id }, { secret: this.configService.get('jwt.secret'), expiresIn: '15m' });
                const refresh = await this.jwtService.signAsync({ sub: user.id }, { secret: this.configService.get<string>('JWT_REFRESH_SECRET'), expiresIn: '7d' });
                return this.jwtService.sign({});
              }
            }
            """#,
            [
                "read 7:112 JWT_REFRESH_SECRET by ConfigService.get",
                "sign 6:26 JwtService.signAsync with ? named jwt.secret",
                "sign 7:27 JwtService.signAsync with JWT_REFRESH_SECRET",
                "lifetime 6:129 expiresIn 900",
            ]),
        .init(
            "a class with validated variables", "main.ts",
            #"""
            class EnvironmentVariables {
              @IsString()
              JWT_SECRET: string;

              @IsOptional()
              JWT_REFRESH_SECRET: string = 'r';
            }
            """#,
            [
                "read 3:3 JWT_SECRET ! as EnvironmentVariables.JWT_SECRET by validated environment",
                "read 6:3 JWT_REFRESH_SECRET | 'r' as EnvironmentVariables.JWT_REFRESH_SECRET by validated environment",
            ]),
        .init(
            "a function of the repository that reads variables", "main.ts",
            #"""
            import jwt from 'jsonwebtoken';
            const required = (name: string): string => {
              const value = process.env[name];
              if (!value) throw new Error(name);
              return value;
            };
            function setting(name: string, fallback?: string) {
              return process.env[name] ?? fallback;
            }
            export const JWT_SECRET = setting('JWT_SECRET', 'helped');
            jwt.verify(t, JWT_SECRET);
            jwt.verify(t, required('TOKEN_SECRET'));
            """#,
            [
                "read 10:35 JWT_SECRET | 'helped' as JWT_SECRET by setting",
                "read 12:24 TOKEN_SECRET ! by required",
                "verify 11:1 jsonwebtoken.verify with JWT_SECRET | 'helped' named JWT_SECRET",
                "verify 12:1 jsonwebtoken.verify with TOKEN_SECRET !",
            ]),
        .init(
            "convict", "main.js",
            #"""
            const convict = require('convict');
            const config = convict({
              env: { format: ['production', 'development'], default: 'development', env: 'NODE_ENV' },
              jwt: { secret: { doc: 'signs', format: String, default: 'convicted', env: 'JWT_SECRET' } },
            });
            require('jsonwebtoken').verify(t, config.get('jwt.secret'));
            """#,
            [
                "read 4:77 JWT_SECRET | 'convicted' as jwt.secret by convict",
                "verify 6:1 jsonwebtoken.verify with ? named jwt.secret",
            ]),
        .init(
            "a part of a configuration of node-config", "main.ts",
            #"""
            import * as config from 'config';
            import { ExtractJwt, Strategy } from 'passport-jwt';
            const jwtConfig = config.get('jwt');
            passport.use(new Strategy({ secretOrKey: process.env.JWT_SECRET || jwtConfig.secret }, verify));
            passport.use(new Strategy({ secretOrKey: jwtConfig.secret }, verify));
            """#,
            [
                "read 4:54 JWT_SECRET? | <jwtConfig.secret> by process.env",
                "verify 4:14 passport-jwt with JWT_SECRET? | <jwtConfig.secret> named jwt.secret",
                "verify 5:14 passport-jwt with ? named jwt.secret",
            ]),
    ]
}

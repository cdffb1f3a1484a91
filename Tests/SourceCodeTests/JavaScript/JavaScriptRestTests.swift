import Testing

@testable import SourceCode

@Suite("JavaScript: what else is told, and what is not")
struct JavaScriptRestTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(JavaScriptReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "a CDK stack", "main.ts",
            #"""
            import * as cdk from 'aws-cdk-lib';
            import * as ecs from 'aws-cdk-lib/aws-ecs';

            export class Api extends cdk.Stack {
              constructor(scope: Construct, id: string) {
                super(scope, id);
                task.addContainer('api', {
                  image: ecs.ContainerImage.fromAsset('.'),
                  environment: { JWT_SECRET: 'plain-in-the-stack', NODE_ENV: 'production' },
                  secrets: { JWT_SECRET_KEY: ecs.Secret.fromSecretsManager(secret, 'key') },
                });
                new lambda.Function(this, 'f', {
                  environment: {
                    JWT_SECRET: secret.secretValue.unsafeUnwrap(),
                    TOKEN_SECRET: cdk.SecretValue.unsafePlainText('plain').toString(),
                    AUTH_SECRET: process.env.AUTH_SECRET || 'built-in',
                  },
                });
              }
            }
            """#,
            [
                "read 9:22 'plain-in-the-stack' as JWT_SECRET by cdk environment",
                "read 10:18 <ecs.Secret.fromSecretsManager()> as JWT_SECRET_KEY by cdk secrets",
                "read 14:9 'secret.secretValue.unsafeUnwrap()' as JWT_SECRET by cdk environment",
                "read 15:9 'cdk.SecretValue.unsafePlainText().toString()' as TOKEN_SECRET by cdk environment",
                "read 16:9 AUTH_SECRET? | 'built-in' as AUTH_SECRET by cdk environment",
            ]),
        .init(
            "a browser that only sends tokens", "main.tsx",
            #"""
            import React from 'react';
            export function App({ token }: { token: string }) {
              // it's a client
              const [state, setState] = React.useState<string | null>(null);
              const decoded = jwtDecode(token);
              return <div className="a">Don't show {`${state}`} <b onClick={() => fetch('/x', { headers: { Authorization: `Bearer ${token}` } })}>it</b></div>;
            }
            """#,
            []),
        .init(
            "secrets with another purpose are nothing", "main.js",
            #"""
            app.use(session({ secret: process.env.SESSION_SECRET || 'keyboard cat' }));
            const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
            const text = "jwt.sign({}, process.env.JWT_SECRET)"; // jwt.sign({}, 'comment')
            const pattern = /jwt.sign\({}, 'regex'\)/;
            """#,
            []),
        .init(
            "malformed", "main.ts",
            #"""
            const x = process.env.JWT_SECRET || 'a
            function ( {{{ `${
            """#,
            [
                "read 1:23 JWT_SECRET? | 'a' as x by process.env"
            ]),
        .init(
            "a variable added to a container of a CDK stack", "main.ts",
            #"""
            import { Stack } from 'aws-cdk-lib';
            container.addEnvironment('JWT_SECRET', 'added-in-plain-text');
            """#,
            [
                "read 2:26 'added-in-plain-text' as JWT_SECRET by cdk environment"
            ]),
    ]
}

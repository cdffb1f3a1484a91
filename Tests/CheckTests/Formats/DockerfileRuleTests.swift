import Testing

@testable import Check

/// Each rule that a Dockerfile can break: by what it leaves in an image, and by what a container finds there where compose
/// sets nothing.
///
/// Not here: LS101, since an image by itself misses nothing; LS103, LS104 and LS105 (a secret in an image is LS113); LS107,
/// LS108 and LS114, which speak of deployments; LS111 and LS112, which take two manifests; LS204 (of code).
@Suite("The rules in Dockerfiles")
struct DockerfileRuleTests {
    private static let file = "orders/Dockerfile"

    private static let shop = SampleSources.auth.adding(SampleSources.orders).adding([
        "docker-compose.prod.yml": """
        services:
          auth:
            build: ./auth
            environment:
              ENVIRONMENT: production
              JWT_SECRET: ${JWT_SECRET:?}
              JWT_AUDIENCE: shop
              JWT_EXPIRATION_HOURS: "12"
          orders:
            build: ./orders
            environment:
              JWT_SECRET: ${JWT_SECRET:?}
        """,
        "auth/Dockerfile": """
        FROM python:3.12-slim
        WORKDIR /app
        COPY requirements.txt .
        RUN pip install --no-cache-dir -r requirements.txt
        COPY app ./app
        ENV PYTHONUNBUFFERED=1
        USER 10001
        CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0"]
        """,
        file: """
        FROM node:22-alpine AS build
        WORKDIR /src
        COPY package.json .
        RUN --mount=type=secret,id=npm_token npm ci
        COPY src ./src

        FROM node:22-alpine
        ENV NODE_ENV=production \\
            PORT=8002
        COPY --from=build /src /app
        USER 10001
        CMD ["node", "/app/src/index.js"]
        """,
    ])

    private static func last(_ lines: String) -> RuleFixture.Files {
        shop.changing(file, "    PORT=8002\n", to: "    PORT=8002\n\(lines)\n")
    }

    static let fixtures: [RuleFixture] = [
        RuleFixture(
            .differentSecrets, "what the image holds serves where compose sets nothing", mended: shop,
            broken: withoutSecret(last("ENV JWT_SECRET=\(Given.strong)")),
            found: "LS102 \(file):10", "LS113 \(file):10"),
        RuleFixture(
            .weakSecret, "the default of an argument becomes a variable of the image", mended: shop,
            broken: withoutSecret(last("ARG JWT_SECRET=dev-secret\nENV JWT_SECRET=$JWT_SECRET")),
            found: "LS102 \(file):11", "LS106 \(file):11", "LS113 \(file):10", "LS113 \(file):11"),
        RuleFixture(
            .weakSecret, "a placeholder that nobody replaces at run time", mended: shop,
            broken: withoutSecret(last("ENV JWT_SECRET=changeme")),
            found: "LS102 \(file):10", "LS106 \(file):10", "LS113 \(file):10"),
        RuleFixture(
            .mixedEnvironments, "the image says that it runs in staging", mended: shop,
            broken: last("ENV ENVIRONMENT=staging"), found: "LS109 \(file):10"),
        RuleFixture(
            .policyDiffers, "the image accepts another audience", mended: shop, broken: last("ENV JWT_AUDIENCE=orders"),
            found: "LS110 \(file):10"),
        RuleFixture(
            .secretInImage, "an argument without default", mended: shop,
            broken: shop.changing(file, "COPY src ./src", to: "ARG JWT_SECRET\nRUN npm run build\nCOPY src ./src"),
            found: "LS113 \(file):5"),
        RuleFixture(
            .secretInImage, "an argument that becomes a variable", mended: shop,
            broken: last("ARG JWT_SECRET\nENV JWT_SECRET=${JWT_SECRET}"),
            found: "LS113 \(file):10", "LS113 \(file):11"),
        RuleFixture(
            .secretInImage, "a text in a line of several", mended: shop,
            broken: shop.changing(file, "    PORT=8002", to: "    JWT_SECRET=\(Given.strong) \\\n    PORT=8002"),
            found: "LS113 \(file):9"),
        RuleFixture(
            .secretInImage, "the old form without an equals sign", mended: shop,
            broken: last("ENV JWT_SECRET \(Given.strong)"), found: "LS113 \(file):10"),
        RuleFixture(
            .lifetimesDoNotFit, "the image accepts only short tokens", mended: shop,
            broken: last("ENV JWT_MAX_LIFETIME_HOURS=1"), found: "LS301 \(file):10"),
    ]

    /// Compose leaves the secret of `orders` to the image.
    private static func withoutSecret(_ files: RuleFixture.Files) -> RuleFixture.Files {
        files.changing(
            "docker-compose.prod.yml", "build: ./orders\n    environment:\n      JWT_SECRET: ${JWT_SECRET:?}",
            to: "build: ./orders")
    }

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }
}

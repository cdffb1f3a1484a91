/// Repositories of teams that run on compose.
///
/// Longer than other files: each is a repository as it stands, and a compose file of two services has its twenty lines.
extension ComposeRuleTests {
    static let file = "docker-compose.prod.yml"

    /// Three services with code, a front end and a database, given their secret by the host.
    static let shop = SampleSources.all.adding([
        file: """
        services:
          auth:
            build: ./auth
            environment:
              ENVIRONMENT: production
              PORT: "8001"
              JWT_SECRET: ${JWT_SECRET:?set JWT_SECRET}
            depends_on: [db]
          orders:
            build: ./orders
            environment:
              ENVIRONMENT: production
              PORT: "8002"
              JWT_SECRET: ${JWT_SECRET:?set JWT_SECRET}
            depends_on: [auth, db]
          stock:
            build:
              context: ./stock
            environment:
              - ENVIRONMENT=production
              - PORT=8003
              - JWT_SECRET=${JWT_SECRET:?set JWT_SECRET}
          web:
            image: registry.example.org/shop/web:4
            environment:
              API_URL: http://orders:8002
            ports: ["80:80"]
          db:
            image: postgres:16
            environment:
              POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
        """
    ])

    static let line = "JWT_SECRET: ${JWT_SECRET:?set JWT_SECRET}"
    /// The line of `orders`, with the one before it, which no other service has.
    static let ordersLine = "      PORT: \"8002\"\n      \(line)"
    static let authLine = "      PORT: \"8001\"\n      \(line)"
    static let stockLine = "      - JWT_SECRET=${JWT_SECRET:?set JWT_SECRET}"

    static func orders(_ lines: String) -> RuleFixture.Files {
        shop.changing(file, ordersLine, to: "      PORT: \"8002\"\n\(lines)")
    }

    static func everywhere(_ value: String) -> RuleFixture.Files {
        shop.changingAll(file, "${JWT_SECRET:?set JWT_SECRET}", to: value)
    }

    // MARK: with what files of variables hold

    /// Each service takes a file of its own.
    static func files(auth: String, orders: String, name: String = "docker-compose.prod.yml")
        -> RuleFixture
        .Files
    {
        SampleSources.auth.adding(SampleSources.orders).adding([
            name: """
            services:
              auth:
                build: ./auth
                env_file: [deploy/common.env, deploy/auth.env]
              orders:
                build: ./orders
                env_file:
                  - deploy/common.env
                  - path: deploy/orders.env
            """,
            "deploy/common.env": "ENVIRONMENT=production\nLOG_LEVEL=info\n", "deploy/auth.env": auth,
            "deploy/orders.env": orders,
        ])
    }

    // MARK: secrets as files

    static let mounted = SampleSources.auth.adding(SampleSources.orders).adding([
        file: """
        services:
          auth:
            build: ./auth
            command: sh -c 'export JWT_SECRET=$$(cat /run/secrets/jwt_secret); exec uvicorn app.main:app'
            environment: {ENVIRONMENT: production}
            secrets: [jwt_secret]
          orders:
            build: ./orders
            command: sh -c 'export JWT_SECRET=$$(cat /run/secrets/jwt_secret); exec node src/index.js'
            environment: {ENVIRONMENT: production}
            secrets: [jwt_secret]
        secrets:
          jwt_secret: {external: true}
        """
    ])

    /// The code opens the file itself.
    static func opened(_ secret: String) -> RuleFixture.Files {
        SampleSources.orders.adding([
            "auth/requirements.txt": "PyJWT\n",
            "auth/app/tokens.py": """
            import os

            import jwt

            with open(os.environ["JWT_SECRET_FILE"]) as file:
                SECRET = file.read().strip()


            def issue(user_id: str) -> str:
                return jwt.encode({"sub": user_id}, SECRET, algorithm="HS256")
            """,
            file: """
            services:
              auth:
                build: ./auth
                environment:
                  ENVIRONMENT: production
                  JWT_SECRET_FILE: /run/secrets/\(secret)
                secrets: [jwt, old_jwt]
              orders:
                build: ./orders
                command: sh -c 'export JWT_SECRET=$$(cat /run/secrets/jwt); exec node src/index.js'
                secrets: [jwt]
            secrets:
              jwt: {external: true}
              old_jwt: {external: true}
            """,
        ])
    }

    /// Images of a registry, whose code is not here, and which read the secret from a file.
    static let images: RuleFixture.Files = [
        file: """
        x-app: &app
          ENVIRONMENT: production
          JWT_SECRET_FILE: /run/secrets/jwt
        services:
          auth:
            image: registry.example.org/shop/auth:12
            environment:
              <<: *app
            secrets: [jwt]
          orders:
            image: registry.example.org/shop/orders:31
            environment:
              <<: *app
              AUTH_URL: http://auth:8001
            secrets: [jwt]
        secrets:
          jwt:
            external: true
          jwt_old:
            external: true
        """
    ]

    // MARK: Lockstep's own services

    static let lockstep: RuleFixture.Files = [
        file: """
        x-settings: &settings
          ENVIRONMENT: production
          JWT_SECRET: ${JWT_SECRET:?}
        services:
          portal:
            image: registry.example.org/lockstep/portal:0.1.0
            environment:
              <<: *settings
              JWT_EXPIRATION_HOURS: "12"
          gateway:
            image: registry.example.org/lockstep/gateway:0.1.0
            environment:
              <<: *settings
              JWT_MAX_LIFETIME_HOURS: "24"
              PORTAL_URLS: http://portal:8080
        """
    ]

    static let environments = SampleSources.all.adding([
        "docker-compose.staging.yml": """
        services:
          auth:
            build: ./auth
            env_file: ./env/staging.env
          orders:
            build: ./orders
            env_file: ./env/staging.env
        """,
        "docker-compose.prod.yml": """
        services:
          auth:
            build: ./auth
            env_file: ./env/prod.env
          orders:
            build: ./orders
            env_file: ./env/prod.env
        """,
        "env/staging.env": "ENVIRONMENT=staging\nJWT_SECRET=${STAGING_JWT_SECRET}\n",
        "env/prod.env": "ENVIRONMENT=production\nJWT_SECRET=${PROD_JWT_SECRET}\n",
    ])
    static func imageWith(_ lines: String...) -> String {
        """
        services:
          auth:
            image: registry.example.org/shop/auth:12
            environment:
              ENVIRONMENT: production
              \(lines[0])
              \(lines[1])
        """
    }

    /// Programs that take what they sign with, and accept, from their settings.
    static func policy(_ algorithm: String, _ audience: String) -> RuleFixture.Files {
        SampleSources.auth.changing(
            "auth/app/tokens.py", "algorithm=\"HS256\"", to: "algorithm=os.environ[\"JWT_ALGORITHM\"]"
        ).adding(SampleSources.orders).changing(
            "orders/src/authenticate.js", "algorithms: ['HS256']",
            to: "algorithms: [process.env.JWT_ALGORITHM], audience: process.env.JWT_AUDIENCE"
        ).adding([
            file: """
            services:
              auth:
                build: ./auth
                environment:
                  JWT_SECRET: ${JWT_SECRET:?}
                  JWT_ALGORITHM: HS256
                  JWT_AUDIENCE: shop
              orders:
                build: ./orders
                environment:
                  JWT_ALGORITHM: \(algorithm)
                  JWT_AUDIENCE: \(audience)
                  JWT_SECRET: ${JWT_SECRET:?}
            """
        ])
    }

    static func detection(_ variable: String) -> RuleFixture.Files {
        [
            "auth/app/settings.py": "import os\n\nENVIRONMENT = os.environ[\"ENVIRONMENT\"]\n",
            "stock/environment.go": """
            package main

            import "os"

            func environment() string {
            	return os.Getenv("\(variable)")
            }
            """,
        ]
    }

    /// Programs that call their secret as a framework does.
    static func secretKey(_ value: String) -> RuleFixture.Files {
        SampleSources.auth.changingAll("auth/app/tokens.py", "\"JWT_SECRET\"", to: "\"SECRET_KEY\"")
            .adding(SampleSources.orders)
            .changing("orders/src/authenticate.js", "process.env.JWT_SECRET", to: "process.env.SECRET_KEY")
            .adding([
                file: """
                services:
                  auth:
                    build: ./auth
                    environment:
                      ENVIRONMENT: production
                      SECRET_KEY: \(value)
                  orders:
                    build: ./orders
                    environment:
                      ENVIRONMENT: production
                      SECRET_KEY: \(value)
                """
            ])
    }

    static func overlap(_ seconds: String) -> RuleFixture.Files {
        SampleSources.auth.adding(SampleSources.orders).adding([
            file: """
            services:
              auth:
                build: ./auth
                environment:
                  ENVIRONMENT: production
                  JWT_SECRET: ${JWT_SECRET:?}
                  ACCESS_TOKEN_EXPIRE_MINUTES: 60
              orders:
                build: ./orders
                environment:
                  ENVIRONMENT: production
                  JWT_SECRET: ${JWT_SECRET:?}
                  JWT_ROTATION_OVERLAP_SECONDS: \(seconds)
            """
        ])
    }
}

import Evidence
import Testing

@testable import Check

/// A compose file that a workflow brings to several environments, with a `.env` that everybody has.
@Suite("Compose files that workflows deploy")
struct DeployedComposeTests {
    private static func found(
        staging: String, production: String, variables: String = "ENVIRONMENT=local\nSECRET_KEY=for-laptops"
    )
        -> [String]
    {
        func workflow(_ name: String, _ secret: String) -> String {
            """
            on: push
            jobs:
              deploy:
                runs-on: ubuntu-latest
                env:
                  ENVIRONMENT: \(name)
                  DOMAIN: \(name).example.com
                  \(secret.isEmpty ? "OTHER: x" : "SECRET_KEY: \(secret)")
                steps:
                  - run: docker compose -f docker-compose.yml up -d
            """
        }
        let files = [
            ".github/workflows/staging.yml": workflow("staging", staging),
            ".github/workflows/live.yml": workflow("production", production), ".env": variables,
            "docker-compose.yml": """
            services:
              api:
                build: ./api
                environment:
                  ENVIRONMENT: ${ENVIRONMENT}
                  SECRET_KEY: ${SECRET_KEY?}
            """,
            "api/requirements.txt": "pyjwt",
            "api/main.py": """
            import os
            import jwt

            def login():
                return jwt.encode({}, os.environ["SECRET_KEY"], algorithm="HS256")
            """,
        ]
        return FailureTests.found(files)
    }

    @Test("LS112: one of them does not set the secret, and the laptop's serves")
    func forgotten() {
        #expect(
            Self.found(staging: "${{ secrets.STAGING_KEY }}", production: "").contains(
                "LS112 .github/workflows/live.yml:10"))
        #expect(Self.found(staging: "${{ secrets.STAGING_KEY }}", production: "${{ secrets.KEY }}") == [])
    }

    @Test("LS107: both hand over one secret of the repository")
    func shared() {
        let found = Self.found(staging: "${{ secrets.KEY }}", production: "${{ secrets.KEY }}")
        #expect(found == ["LS107 .github/workflows/live.yml:8"])
    }

    @Test(
        "LS112: containers that are started on a host, one without the secret",
        arguments: ["", " -e JWT_SECRET=${{ secrets.JWT_SECRET }}"])
    func containers(secret: String) {
        func code(_ call: String) -> String {
            "import os\nimport jwt\n\njwt.\(call), os.environ['JWT_SECRET'], 'HS256')\n"
        }
        let files = [
            "users/requirements.txt": "", "users/main.py": code("encode({}"),
            "orders/requirements.txt": "", "orders/main.py": code("decode(token"),
            ".github/workflows/deploy.yml": """
            on: push
            jobs:
              deploy:
                runs-on: ubuntu-latest
                steps:
                  - uses: appleboy/ssh-action@v1
                    with:
                      script: |
                        docker run -d --name users -e JWT_SECRET=${{ secrets.JWT_SECRET }} acme/users
                        docker run -d --name orders -e PORT=81\(secret) acme/orders
            """,
        ]
        #expect(FailureTests.found(files) == (secret.isEmpty ? ["LS112 .github/workflows/deploy.yml:10"] : []))
    }
}

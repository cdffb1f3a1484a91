import Evidence
import Testing

@testable import Check

/// GitHub workflows that deploy two services: to Cloud Run by `gcloud`, to Kubernetes with `kubectl` and `envsubst`, by
/// compose over a here-document, and with `docker run`.
///
/// What a workflow hands to the services that it deploys is compared like a manifest; one that it leaves out is `LS112`, since
/// an earlier deploy may have given it what it needs (`LS101`, `LS104`). A text in it is `LS105`, not `LS114`. `LS111`: it has
/// no local counterpart. `LS113` is a build argument.
@Suite("Rules in GitHub workflows")
struct GitHubWorkflowRuleTests {
    private static let code: [String: String] = [
        "portal/package.json": #"{"name": "portal", "dependencies": {"jose": "^5.9.0"}}"#,
        "portal/src/session.ts": """
        import { SignJWT } from 'jose';

        const key = new TextEncoder().encode(process.env.JWT_SECRET);

        export const issue = (subject: string) =>
          new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(subject).setExpirationTime('15m').sign(key);
        """,
        "backend/pyproject.toml": "[project]\nname = \"backend\"\ndependencies = [\"pyjwt\"]\n",
        "backend/backend/auth.py": """
        import os

        import jwt


        def user(token: str) -> dict:
            return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])
        """,
    ]

    private static func with(_ files: [String: String]) -> [String: String] { code.merging(files) { $1 } }

    // MARK: gcloud

    private static func gcloud(portal: String, backend: String, env: String = "") -> [String: String] {
        with([
            ".github/workflows/deploy.yml": """
            name: deploy
            on:
              push:
                branches: [main]

            jobs:
              deploy:
                runs-on: ubuntu-latest
                environment: production\(env)
                steps:
                  - uses: actions/checkout@v4
                  - uses: google-github-actions/auth@v2
                    with:
                      credentials_json: ${{ secrets.GCP_CREDENTIALS }}
                  - name: portal
                    run: |
                      gcloud run deploy portal \\
                        --image europe-docker.pkg.dev/shop/portal:${{ github.sha }} \\
                        --set-env-vars ENVIRONMENT=production \\
                        \(portal)
                  - name: backend
                    run: |
                      gcloud run deploy backend \\
                        --image europe-docker.pkg.dev/shop/backend:${{ github.sha }} \\
                        --set-env-vars ENVIRONMENT=production \\
                        \(backend)
            """
        ])
    }

    private static let pinned = "--set-secrets JWT_SECRET=jwt-secret-production:7"
    private static let deployed = gcloud(portal: pinned, backend: pinned)

    private static let inGcloud = [
        RuleFixture(
            .workflowDropsSecret, "the backend is deployed without it",
            broken: gcloud(portal: pinned, backend: "--max-instances 4"), mended: deployed,
            finds: ["LS112 .github/workflows/deploy.yml:23"]),
        RuleFixture(
            .differentSecrets, "the backend is given another secret",
            broken: gcloud(portal: pinned, backend: "--set-secrets JWT_SECRET=backend-jwt:1"), mended: deployed,
            finds: ["LS102 .github/workflows/deploy.yml:26"]),
        RuleFixture(
            .differentSecrets, "the backend is given an older version",
            broken: gcloud(portal: pinned, backend: "--set-secrets JWT_SECRET=jwt-secret-production:6"),
            mended: deployed,
            finds: ["LS102 .github/workflows/deploy.yml:26"]),
        RuleFixture(
            .floatingVersion, "both are given whatever is the latest",
            broken: gcloud(
                portal: "--set-secrets JWT_SECRET=jwt-secret-production:latest",
                backend: "--set-secrets JWT_SECRET=jwt-secret-production:latest"), mended: deployed,
            finds: ["LS108 .github/workflows/deploy.yml:20", "LS108 .github/workflows/deploy.yml:26"]),
        RuleFixture(
            .committedSecret, "the workflow holds it",
            broken: gcloud(
                portal: "--update-env-vars JWT_SECRET=$JWT_SECRET", backend: "--update-env-vars JWT_SECRET=$JWT_SECRET",
                env: "\n    env:\n      JWT_SECRET: \(Given.strong)"),
            mended: gcloud(
                portal: "--update-env-vars JWT_SECRET=$JWT_SECRET", backend: "--update-env-vars JWT_SECRET=$JWT_SECRET",
                env: "\n    env:\n      JWT_SECRET: ${{ secrets.JWT_SECRET }}"),
            finds: ["LS105 .github/workflows/deploy.yml:11"]),
        RuleFixture(
            .committedSecret, "the command line holds it",
            broken: gcloud(
                portal: "--update-env-vars JWT_SECRET=\(Given.strong)",
                backend: "--update-env-vars JWT_SECRET=\(Given.strong)"), mended: deployed,
            finds: ["LS105 .github/workflows/deploy.yml:20"]),
        RuleFixture(
            .weakSecret, "the command line holds a placeholder",
            broken: gcloud(
                portal: "--update-env-vars JWT_SECRET=change-me", backend: "--update-env-vars JWT_SECRET=change-me"),
            mended: deployed, finds: ["LS106 .github/workflows/deploy.yml:20", "LS106 .github/workflows/deploy.yml:26"]),
        RuleFixture(
            .differentSecrets, "the secret that the step takes is not in the job's variables",
            broken: gcloud(
                portal: "--update-env-vars JWT_SECRET=${{ secrets.JWT_SECRET }}",
                backend: "--update-env-vars JWT_SECRET=$JWT_SECRET"),
            mended: gcloud(
                portal: "--update-env-vars JWT_SECRET=${{ secrets.JWT_SECRET }}",
                backend: "--update-env-vars JWT_SECRET=${{ secrets.JWT_SECRET }}"),
            finds: ["LS102 .github/workflows/deploy.yml:26"]),
    ]

    @Test("gcloud: each fault is found where it stands, and gone when it is mended", arguments: inGcloud)
    func ruleInGcloud(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: kubectl

    private static func kubectl(_ steps: String, env: String = "") -> [String: String] {
        with([
            "k8s/production/shop.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: portal, namespace: shop}
            spec:
              selector: {matchLabels: {app: portal}}
              template:
                metadata: {labels: {app: portal}}
                spec:
                  containers:
                    - name: portal
                      image: shop/portal:1
                      env:
                        - {name: JWT_SECRET, value: "${JWT_SECRET}"}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: backend, namespace: shop}
            spec:
              selector: {matchLabels: {app: backend}}
              template:
                metadata: {labels: {app: backend}}
                spec:
                  containers:
                    - name: backend
                      image: shop/backend:1
                      env:
                        - {name: JWT_SECRET, value: "${JWT_SECRET}"}
            """,
            ".github/workflows/deploy.yml": """
            name: deploy
            on: {push: {branches: [main]}}
            jobs:
              deploy:
                runs-on: ubuntu-latest
                environment: production
                steps:
                  - uses: actions/checkout@v4
            \(steps)
            """,
        ])
    }

    private static func envsubst(_ env: String) -> String {
        """
              - name: apply
                run: envsubst < k8s/production/shop.yaml | kubectl apply -f -\(env)
        """
    }

    private static let applied = kubectl(envsubst("\n        env:\n          JWT_SECRET: ${{ secrets.JWT_SECRET }}"))

    private static let inKubectl = [
        RuleFixture(
            .workflowDropsSecret, "envsubst fills in what nobody set", broken: kubectl(envsubst("")), mended: applied,
            finds: ["LS112 .github/workflows/deploy.yml:10"]),
        RuleFixture(
            .committedSecret, "envsubst fills in a text",
            broken: kubectl(envsubst("\n        env:\n          JWT_SECRET: \(Given.strong)")), mended: applied,
            finds: ["LS105 .github/workflows/deploy.yml:12"]),
        RuleFixture(
            .committedSecret, "the Secret is made from a text",
            broken: kubectl(
                envsubst("\n        env:\n          JWT_SECRET: ${{ secrets.JWT_SECRET }}")
                    + "\n      - run: kubectl create secret generic jwt --from-literal=JWT_SECRET=\(Given.strong)"),
            mended: kubectl(
                envsubst("\n        env:\n          JWT_SECRET: ${{ secrets.JWT_SECRET }}")
                    + "\n      - run: kubectl create secret generic jwt --from-literal=JWT_SECRET=${{ secrets.JWT_SECRET }}"
            ), finds: ["LS105 .github/workflows/deploy.yml:13"]),
    ]

    @Test("kubectl: each fault is found where it stands, and gone when it is mended", arguments: inKubectl)
    func ruleInKubectl(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: compose and docker

    private static let services = """
        services:
          portal:
            build: ./portal
            environment:
              ENVIRONMENT: production
              JWT_SECRET: ${JWT_SECRET}
          backend:
            build: ./backend
            environment:
              ENVIRONMENT: production
              JWT_SECRET: ${JWT_SECRET}
        """

    private static func job(_ run: [String]) -> [String: String] {
        with([
            "docker-compose.prod.yml": services,
            ".github/workflows/deploy.yml": """
            name: deploy
            on: {push: {branches: [main]}}
            jobs:
              deploy:
                runs-on: self-hosted
                steps:
                  - uses: actions/checkout@v4
                  - name: deploy
                    run: |
            \(run.map { "          " + $0 }.joined(separator: "\n"))
            """,
        ])
    }

    private static let up = "docker compose -f docker-compose.prod.yml up -d"
    private static let runs = [
        "docker run -d --name portal -e ENVIRONMENT=production -e JWT_SECRET=\"${{ secrets.JWT_SECRET }}\" shop/portal:1",
        "docker run -d --name backend -e ENVIRONMENT=production -e JWT_SECRET=\"${{ secrets.JWT_SECRET }}\" shop/backend:1",
    ]
    private static let here = [
        "cat > .env <<EOF", "JWT_SECRET=${{ secrets.JWT_SECRET }}", "LOG_LEVEL=info", "EOF", up,
    ]

    private static let inDocker = [
        RuleFixture(
            .workflowDropsSecret, "the file of variables lacks it",
            broken: job(["cat > .env <<EOF", "LOG_LEVEL=info", "EOF", up]), mended: job(here),
            finds: ["LS112 .github/workflows/deploy.yml:13"]),
        RuleFixture(
            .workflowDropsSecret, "the file of variables spells it otherwise",
            broken: job(here.map { $0.replacing("JWT_SECRET=", with: "JWT_SECRET_KEY=") }), mended: job(here),
            finds: ["LS112 .github/workflows/deploy.yml:14"]),
        RuleFixture(
            .committedSecret, "the file of variables is written with a text",
            broken: job(here.map { $0.replacing("${{ secrets.JWT_SECRET }}", with: Given.strong) }), mended: job(here),
            finds: ["LS105 .github/workflows/deploy.yml:11"]),
        RuleFixture(
            .workflowDropsSecret, "the second container runs without it",
            broken: job([runs[0], runs[1].replacing(" -e JWT_SECRET=\"${{ secrets.JWT_SECRET }}\"", with: "")]),
            mended: job(runs), finds: ["LS112 .github/workflows/deploy.yml:11"]),
        RuleFixture(
            .differentSecrets, "the second container is given another secret of the repository",
            broken: job([runs[0], runs[1].replacing("secrets.JWT_SECRET", with: "secrets.BACKEND_JWT_SECRET")]),
            mended: job(runs), finds: ["LS102 .github/workflows/deploy.yml:11"]),
        RuleFixture(
            .committedSecret, "a container runs with a text",
            broken: job(runs.map { $0.replacing("${{ secrets.JWT_SECRET }}", with: Given.strong) }), mended: job(runs),
            finds: ["LS105 .github/workflows/deploy.yml:10"]),
        RuleFixture(
            .secretInImage, "the image is built with it",
            broken: job(
                ["docker build --build-arg JWT_SECRET=\"${{ secrets.JWT_SECRET }}\" -t shop/portal:1 portal"] + runs),
            mended: job(["docker build -t shop/portal:1 portal"] + runs),
            finds: ["LS113 .github/workflows/deploy.yml:10"]),
    ]

    @Test("docker: each fault is found where it stands, and gone when it is mended", arguments: inDocker)
    func ruleInDocker(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: ECS

    private static func ecs(_ backend: String) -> [String: String] {
        with([
            ".github/workflows/deploy.yml": """
            name: deploy
            on: {push: {branches: [main]}}
            jobs:
              deploy:
                runs-on: ubuntu-latest
                environment: production
                steps:
                  - uses: actions/checkout@v4
                  - id: portal
                    uses: aws-actions/amazon-ecs-render-task-definition@v1
                    with:
                      task-definition: task.json
                      container-name: portal
                      image: shop/portal:${{ github.sha }}
                      secrets: |
                        JWT_SECRET=arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-Ab3dE9
                  - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
                    with: {task-definition: "${{ steps.portal.outputs.task-definition }}", service: portal, cluster: shop}
                  - id: backend
                    uses: aws-actions/amazon-ecs-render-task-definition@v1
                    with:
                      task-definition: task.json
                      container-name: backend
                      image: shop/backend:${{ github.sha }}
                      environment-variables: |
                        LOG_LEVEL=info
                      \(backend)
                  - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
                    with: {task-definition: "${{ steps.backend.outputs.task-definition }}", service: backend, cluster: shop}
            """
        ])
    }

    private static let inECS = [
        RuleFixture(
            .workflowDropsSecret, "the second task is rendered without it", broken: ecs(""),
            mended: ecs(
                "secrets: |\n            JWT_SECRET=arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-Ab3dE9"),
            finds: ["LS112 .github/workflows/deploy.yml:20"])
    ]

    @Test("ECS: each fault is found where it stands, and gone when it is mended", arguments: inECS)
    func ruleInECS(_ fixture: RuleFixture) { fixture.verify() }
}

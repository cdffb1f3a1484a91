import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("GitHub workflows")
struct GitHubWorkflowTests {
    static func read(_ files: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(files), readers: [GitHubWorkflowReader()])
    }

    static func workflow(_ steps: String, job: String = "", top: String = "on: push", extra: [String: String] = [:])
        -> ManifestReading
    {
        let indented = steps.split(separator: "\n", omittingEmptySubsequences: false).map { "      " + $0 }
        let settings = job.split(separator: "\n").map { "    " + $0 }
        let text = ([top, "jobs:", "  deploy:", "    runs-on: ubuntu-latest"] + settings + ["    steps:"] + indented)
            .joined(separator: "\n")
        return read(extra.merging([".github/workflows/deploy.yml": text]) { $1 })
    }

    @Test("a Cloud Run deployment hands over variables and secrets, each with its line")
    func cloudRun() throws {
        let reading = Self.workflow(
            """
            - uses: google-github-actions/deploy-cloudrun@v2
              with:
                service: platform-portal
                image: europe-docker.pkg.dev/p/r/portal:${{ github.sha }}
                env_vars: |-
                  ENVIRONMENT=production
                  JWT_SECRET=${{ secrets.JWT_SECRET }}
                  HOSTS=a.example,b.example
                secrets: |-
                  DB_PASSWORD=db-password:3
                  API_KEY=projects/acme/secrets/api-key:latest
            """, job: "environment: production")
        let delivery = try #require(reading.deliveries.first)
        #expect(delivery.services == ["platform-portal"])
        #expect(delivery.target == .cloudRun)
        #expect(delivery.environment?.environment == .production)
        #expect(
            spelled(delivery.assignments) == [
                "ENVIRONMENT=production", "JWT_SECRET=<github:production/secrets.JWT_SECRET>",
                "HOSTS=a.example,b.example", "DB_PASSWORD=<gcp:db-password@3>", "API_KEY=<gcp:acme/api-key@latest>",
            ])
        #expect(spelled(delivery.assignments[1].position) == ".github/workflows/deploy.yml:13:13")
        #expect(delivery.gaps.isEmpty)
    }

    static let scripts: [(String, [String], [String])] = [
        (
            "gcloud run deploy api --image x \\\n  --set-env-vars=JWT_SECRET=$JWT_SECRET,LOG=debug --set-secrets DB=db:latest",
            ["api"], ["JWT_SECRET=<github:secrets.JWT>", "LOG=debug", "DB=<gcp:db@latest>"]
        ),
        (
            "gcloud run deploy api --set-env-vars \"^@^A=1,2@JWT_SECRET=${{ secrets.JWT }}\"", ["api"],
            ["A=1,2", "JWT_SECRET=<github:secrets.JWT>"]
        ),
        ("gcloud beta run services update api --update-secrets=A=b:2 --quiet", ["api"], ["A=<gcp:b@2>"]),
        ("gcloud run deploy $SERVICE --set-secrets A=b:2", ["backend"], ["A=<gcp:b@2>"]),
        (
            "kubectl set env deployment/api JWT_SECRET=\"$JWT_SECRET\" -n prod", ["api"],
            ["JWT_SECRET=<github:secrets.JWT>"]
        ),
        (
            "helm upgrade --install api ./chart --set env.JWT_SECRET=$JWT_SECRET,replicas=2", ["api"],
            ["JWT_SECRET=<github:secrets.JWT>", "replicas=2"]
        ),
        ("flyctl secrets set JWT_SECRET=\"${JWT_SECRET}\" --app api", ["api"], ["JWT_SECRET=<github:secrets.JWT>"]),
        (
            "docker run -d --name api -e JWT_SECRET=$JWT_SECRET -e LOG=1 image", ["api"],
            ["JWT_SECRET=<github:secrets.JWT>", "LOG=1"]
        ),
        ("docker run --name api -e JWT_SECRET image", ["api"], ["JWT_SECRET=<github:secrets.JWT>"]),
        (
            "aws lambda update-function-configuration --function-name api --environment \"Variables={JWT_SECRET=$JWT_SECRET,A=1}\"",
            ["api"], ["JWT_SECRET=<github:secrets.JWT>", "A=1"]
        ),
        (
            "sam deploy --stack-name s --parameter-overrides JwtSecret=$JWT_SECRET Stage=prod --no-confirm-changeset",
            [], ["JwtSecret=<github:secrets.JWT>", "Stage=prod"]
        ),
        (
            "terraform apply -auto-approve -var \"jwt_secret=$JWT_SECRET\" -var-file=prod.tfvars", [],
            ["jwt_secret=<github:secrets.JWT>"]
        ),
        ("heroku config:set JWT_SECRET=$JWT_SECRET -a api", ["api"], ["JWT_SECRET=<github:secrets.JWT>"]),
        (
            "az containerapp update -n api -g rg --set-env-vars JWT_SECRET=$JWT_SECRET", ["api"],
            ["JWT_SECRET=<github:secrets.JWT>"]
        ),
        (
            "kubectl create secret generic api --from-literal=JWT_SECRET=$JWT_SECRET --dry-run=client -o yaml | kubectl apply -f -",
            [], ["JWT_SECRET=<github:secrets.JWT>"]
        ),
        (
            "for s in portal backend; do\n  gcloud run deploy \"$s\" --set-secrets A=a:1\ndone", ["portal"],
            ["A=<gcp:a@1>"]
        ),
    ]

    @Test("commands that deploy are read, whatever the tool", arguments: scripts)
    func commands(script: String, services: [String], assignments: [String]) throws {
        let indented = script.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let reading = Self.workflow(
            "- env:\n    JWT_SECRET: ${{ secrets.JWT }}\n    SERVICE: backend\n  run: |\n\(indented)")
        let delivery = try #require(reading.deliveries.first)
        #expect(delivery.services == services)
        #expect(spelled(delivery.assignments) == assignments)
    }

    @Test("a loop over services deploys each")
    func loop() {
        let reading = Self.workflow(
            "- run: |\n    for s in portal backend; do\n      gcloud run deploy \"$s\" --set-secrets A=a:1\n    done")
        #expect(reading.deliveries.map(\.services) == [["portal"], ["backend"]])
    }

    static let written: [(String, String)] = [
        ("echo \"JWT_SECRET=${{ secrets.JWT }}\" >> .env", "<github:secrets.JWT>"),
        ("echo JWT_SECRET=${{ secrets.JWT }} > .env", "<github:secrets.JWT>"),
        ("cat > .env <<EOF\nJWT_SECRET=$TOKEN\nEOF", "<github:secrets.TOKEN>"),
        ("cat <<'EOF' > .env\nJWT_SECRET=${{ secrets.JWT }}\nEOF", "<github:secrets.JWT>"),
        ("cat <<'EOF' > .env\nJWT_SECRET=$TOKEN\nEOF", "$TOKEN"),
        ("printf 'JWT_SECRET=%s\\n' \"$TOKEN\" >> .env", "<github:secrets.TOKEN>"),
        ("echo \"JWT_SECRET='$TOKEN'\" | tee -a .env", "<github:secrets.TOKEN>"),
        ("{\n  echo A=1\n  echo JWT_SECRET=$TOKEN\n} > .env", "<github:secrets.TOKEN>"),
        ("export JWT_SECRET=$TOKEN", "<github:secrets.TOKEN>"),
        ("echo \"JWT_SECRET=${TOKEN:-fallback}\" >> .env", "<github:secrets.TOKEN|fallback>"),
        ("cp deploy/.env.prod .env", "from-the-file"),
    ]

    @Test("what a step writes for compose reaches compose", arguments: written)
    func environmentFiles(script: String, expected: String) throws {
        let indented = (script + "\ndocker compose -f docker-compose.prod.yml up -d --build").split(separator: "\n")
            .map { "    " + $0 }.joined(separator: "\n")
        let reading = Self.workflow(
            "- env:\n    TOKEN: ${{ secrets.TOKEN }}\n  run: |\n\(indented)",
            extra: ["docker-compose.prod.yml": "services: {}", "deploy/.env.prod": "JWT_SECRET=from-the-file\n"])
        let delivery = try #require(reading.deliveries.first)
        #expect(reading.deliveries.count == 1)
        #expect(delivery.target == .compose)
        #expect(delivery.manifests == ["docker-compose.prod.yml"])
        #expect(delivery.environment?.environment == .production)
        #expect(spelled(delivery.assignments.first { $0.name == "JWT_SECRET" }?.value) == expected)
    }

    @Test(
        "a script for another host is read there",
        arguments: [
            "- env: {JWT: '${{ secrets.JWT }}'}\n  run: |\n    ssh root@host << EOF\n      cd /srv/app\n      echo \"JWT_SECRET=$JWT\" > .env\n    EOF",
            "- env: {JWT: '${{ secrets.JWT }}'}\n  run: |\n    ssh root@host \"echo JWT_SECRET=$JWT > .env\"",
            "- uses: appleboy/ssh-action@v1\n  env:\n    JWT: ${{ secrets.JWT }}\n  with:\n    host: h\n    envs: JWT\n    script: |\n      echo \"JWT_SECRET=$JWT\" > .env",
            "- uses: appleboy/ssh-action@v1\n  with:\n    script: |\n      cat > .env << 'EOF'\n      JWT_SECRET=${{ secrets.JWT }}\n      EOF",
            "- uses: SpicyPizza/create-envfile@v2\n  with:\n    envkey_JWT_SECRET: ${{ secrets.JWT }}",
        ])
    func otherHosts(steps: String) throws {
        let delivery = try #require(Self.workflow(steps).deliveries.first)
        #expect(spelled(delivery.assignments) == ["JWT_SECRET=<github:secrets.JWT>"])
    }

    @Test("a variable that is not handed to another host is not known there")
    func notHanded() throws {
        let reading = Self.workflow(
            "- uses: appleboy/ssh-action@v1\n  env:\n    JWT: ${{ secrets.JWT }}\n  with:\n    script: |\n      echo \"JWT_SECRET=$JWT\" > .env"
        )
        #expect(try spelled(#require(reading.deliveries.first).assignments) == ["JWT_SECRET=<env:JWT>"])
    }

    @Test(
        "what is deployed on another host may have variables of its own, unless the job wrote them",
        arguments: [
            ("docker compose up -d", 1), ("echo A=b > .env\n    docker compose up -d", 0),
            // A container has what its command line gives it, and nothing of the host's.
            ("docker run -d --name api -e PORT=80 acme/api", 0), ("docker run -d --env-file /srv/api.env acme/api", 1),
        ])
    func hostsOwnVariables(script: String, gaps: Int) throws {
        let reading = Self.workflow("- run: |\n    ssh host << 'EOF'\n    cd /srv/app\n    \(script)\n    EOF")
        #expect(try #require(reading.deliveries.first).gaps.count == gaps)
    }

    @Test("an update says what changes, and not what is there")
    func updates() throws {
        let reading = Self.workflow("- run: gcloud run services update api --update-env-vars A=b")
        #expect(try #require(reading.deliveries.first).gaps.count == 1)
    }

    @Test("envsubst fills a manifest in from the step's variables")
    func envsubst() throws {
        let reading = Self.workflow(
            "- env:\n    JWT_SECRET: ${{ secrets.JWT }}\n  run: envsubst < k8s/secret.yaml | kubectl apply -n staging -f -"
        )
        let delivery = try #require(reading.deliveries.first)
        #expect(delivery.manifests == ["k8s/secret.yaml"])
        #expect(delivery.environment?.environment == .staging)
        #expect(spelled(delivery.assignments) == ["JWT_SECRET=<github:secrets.JWT>"])
    }

    @Test("a Secret made by words is what manifests refer to")
    func storedSecret() throws {
        let reading = Self.workflow(
            "- run: kubectl -n prod create secret generic api-secrets --from-literal=JWT_SECRET='${{ secrets.JWT }}'")
        let stored = try #require(reading.deliveries.first?.stored.first)
        #expect(stored.place.description == "k8s:prod/api-secrets#JWT_SECRET")
        #expect(spelled(stored.value) == "<github:secrets.JWT>")
    }

    @Test("ECS: a rendered task definition is one delivery with its service")
    func ecs() throws {
        let reading = Self.workflow(
            """
            - id: render
              uses: aws-actions/amazon-ecs-render-task-definition@v1
              with:
                task-definition: ecs/task.json
                container-name: backend
                image: x
                environment-variables: |
                  JWT_SECRET=${{ secrets.JWT }}
                secrets: |
                  DB=arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC123:password::
            - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
              with:
                task-definition: ${{ steps.render.outputs.task-definition }}
                service: backend-service
                cluster: prod
            """)
        #expect(reading.deliveries.count == 1)
        let delivery = try #require(reading.deliveries.first)
        #expect(delivery.services == ["backend-service", "backend"])
        #expect(delivery.manifests == ["ecs/task.json"])
        #expect(
            spelled(delivery.assignments) == [
                "JWT_SECRET=<github:secrets.JWT>", "DB=<aws:eu-west-1:123456789012/db#password>",
            ])
    }

    @Test("a reusable workflow gets its caller's values")
    func reusable() throws {
        let called = """
            on:
              workflow_call:
                inputs:
                  service: {type: string, required: true}
                  env: {type: string, default: staging}
                secrets:
                  JWT: {required: true}
            jobs:
              go:
                runs-on: ubuntu-latest
                steps:
                  - run: gcloud run deploy ${{ inputs.service }}-${{ inputs.env }} --set-env-vars JWT_SECRET=${{ secrets.JWT }},OTHER=${{ secrets.OTHER }}
            """
        let caller = """
            on: push
            jobs:
              portal:
                uses: ./.github/workflows/run.yml
                with: {service: portal, env: prod}
                secrets:
                  JWT: ${{ secrets.JWT_SECRET }}
              backend:
                uses: ./.github/workflows/run.yml
                with: {service: backend}
                secrets: inherit
            """
        let reading = Self.read([".github/workflows/run.yml": called, ".github/workflows/main.yml": caller])
        #expect(reading.deliveries.map(\.services) == [["portal-prod"], ["backend-staging"]])
        #expect(
            reading.deliveries.map { spelled($0.assignments) } == [
                ["JWT_SECRET=<github:secrets.JWT_SECRET>", "OTHER="],
                ["JWT_SECRET=<github:secrets.JWT>", "OTHER=<github:secrets.OTHER>"],
            ])
        #expect(reading.deliveries.map { $0.environment?.environment } == [.production, .staging])
    }

    @Test("a composite action gets its inputs")
    func composite() throws {
        let reading = Self.workflow(
            "- uses: ./.github/actions/deploy\n  with:\n    secret: ${{ secrets.JWT }}",
            extra: [
                ".github/actions/deploy/action.yml": """
                inputs:
                  secret: {required: true}
                  service: {default: api}
                runs:
                  using: composite
                  steps:
                    - shell: bash
                      env:
                        S: ${{ inputs.secret }}
                      run: gcloud run deploy ${{ inputs.service }} --set-env-vars="JWT_SECRET=$S"
                """
            ])
        let delivery = try #require(reading.deliveries.first)
        #expect(delivery.services == ["api"])
        #expect(spelled(delivery.assignments) == ["JWT_SECRET=<github:secrets.JWT>"])
        #expect(delivery.position.file == ".github/actions/deploy/action.yml")
    }

    @Test("a matrix deploys each of its combinations, with its own environment")
    func matrix() {
        let reading = Self.workflow(
            "- run: gcloud run deploy ${{ matrix.service }} --set-secrets A=jwt-${{ matrix.env }}:1",
            job:
                "environment: ${{ matrix.env }}\nstrategy:\n  matrix:\n    service: [portal, backend]\n    env: [staging]\n    include:\n      - {service: gateway, env: production}"
        )
        #expect(reading.deliveries.map(\.services) == [["portal"], ["backend"], ["gateway"]])
        #expect(reading.deliveries.map { $0.environment?.environment } == [.staging, .staging, .production])
        #expect(
            reading.deliveries.flatMap { spelled($0.assignments) } == [
                "A=<gcp:jwt-staging@1>", "A=<gcp:jwt-staging@1>", "A=<gcp:jwt-production@1>",
            ])
    }

    @Test("a choice of who starts it is followed for each option")
    func choices() {
        let reading = Self.workflow(
            "- run: gcloud run deploy api --set-env-vars JWT_SECRET=${{ secrets.JWT }}",
            job: "environment: ${{ inputs.target }}",
            top: "on:\n  workflow_dispatch:\n    inputs:\n      target: {type: choice, options: [staging, production]}")
        #expect(
            reading.deliveries.map { spelled($0.assignments) } == [
                ["JWT_SECRET=<github:staging/secrets.JWT>"], ["JWT_SECRET=<github:production/secrets.JWT>"],
            ])
    }

    @Test("values go from step to step through GITHUB_ENV, GITHUB_OUTPUT and actions that fetch secrets")
    func handedOn() throws {
        let reading = Self.workflow(
            """
            - id: fetch
              uses: google-github-actions/get-secretmanager-secrets@v2
              with:
                secrets: |-
                  jwt:acme/jwt-secret
            - run: echo "JWT=${{ steps.fetch.outputs.jwt }}" >> "$GITHUB_ENV"
            - id: name
              run: echo "service=api" >> $GITHUB_OUTPUT
            - run: gcloud run deploy ${{ steps.name.outputs.service }} --set-env-vars "JWT_SECRET=$JWT"
            """)
        let delivery = try #require(reading.deliveries.first)
        #expect(delivery.services == ["api"])
        #expect(spelled(delivery.assignments) == ["JWT_SECRET=<gcp:acme/jwt-secret>"])
    }

    @Test("secrets that stand in the open are told, with their places")
    func loose() {
        let reading = Self.workflow(
            """
            - env:
                API_KEY: abc-in-a-step
                PASSWORD: ${{ secrets.PASSWORD || 'fallback' }}
                TOKEN: ${{ secrets.TOKEN }}
                TOKEN_TTL_SECONDS: 60
              run: |
                echo "JWT_SECRET=in-a-script" >> .env
                docker build --build-arg NPM_TOKEN=$API_KEY .
            """, top: "on: push\nenv:\n  SECRET_KEY: in-the-workflow")
        #expect(
            spelled(reading.loose) == [
                "SECRET_KEY=in-the-workflow workflow .github/workflows/deploy.yml:3",
                "API_KEY=abc-in-a-step workflow .github/workflows/deploy.yml:9",
                "PASSWORD=<github:secrets.PASSWORD|fallback> workflow .github/workflows/deploy.yml:10",
                "JWT_SECRET=in-a-script workflow .github/workflows/deploy.yml:14",
                "NPM_TOKEN=abc-in-a-step buildArgument .github/workflows/deploy.yml:15",
            ])
    }

    @Test("build arguments of the build action are told")
    func buildArguments() {
        let reading = Self.workflow(
            "- uses: docker/build-push-action@v6\n  with:\n    build-args: |\n      JWT_SECRET=${{ secrets.JWT }}\n    secrets: |\n      npm=${{ secrets.NPM }}"
        )
        #expect(
            spelled(reading.loose) == ["JWT_SECRET=<github:secrets.JWT> buildArgument .github/workflows/deploy.yml:9"])
    }

    @Test("what depends on a branch of a script is left open")
    func conditions() throws {
        let reading = Self.workflow(
            "- run: |\n    if [ \"$REF\" = main ]; then S=jwt-prod; else S=jwt-dev; fi\n    gcloud run deploy api --set-secrets JWT_SECRET=$S:latest"
        )
        #expect(try spelled(#require(reading.deliveries.first).assignments) == ["JWT_SECRET=<?>"])
    }

    @Test(
        "an environment is told by branch, names or variables, and never guessed",
        arguments: [
            ("if: github.ref == 'refs/heads/staging'", "A=1", "staging"),
            ("if: github.ref == 'refs/heads/main'", "A=1", "none"),
            ("name: Deploy to production", "A=1", "production"), ("", "ENVIRONMENT=staging", "staging"),
            ("", "NODE_ENV=production", "none"),
            ("environment:\n  name: prod\n  url: https://x", "ENVIRONMENT=staging", "production"),
        ])
    func environments(job: String, variables: String, expected: String) throws {
        let reading = Self.workflow("- run: gcloud run deploy api --set-env-vars \(variables)", job: job)
        #expect(try #require(reading.deliveries.first).environment?.environment.rawValue ?? "none" == expected)
    }

    @Test("what can't be read is named, and the rest goes on")
    func faults() {
        let reading = Self.read([
            ".github/workflows/a.yml": "jobs: [", ".github/workflows/b.yml": "", ".github/workflows/c.yml": "- 1",
            ".github/workflows/d.yml":
                "on: push\njobs: {x: {steps: [{run: \"echo 'open\"}, {run: gcloud run deploy api --set-secrets A=b:1}]}}",
        ])
        #expect(
            reading.unread.map(\.position.file).sorted() == [
                ".github/workflows/a.yml", ".github/workflows/b.yml", ".github/workflows/c.yml",
                ".github/workflows/d.yml",
            ])
        #expect(reading.deliveries.map(\.services) == [["api"]])
    }

    @Test("workflows and actions that call themselves end")
    func circles() {
        let reading = Self.read([
            ".github/workflows/a.yml":
                "on: [push, workflow_call]\njobs:\n  a: {uses: ./.github/workflows/b.yml, secrets: inherit}",
            ".github/workflows/b.yml":
                "on: workflow_call\njobs:\n  b: {uses: ./.github/workflows/a.yml, secrets: inherit}\n  c: {steps: [{uses: ./act}]}",
            "act/action.yml":
                "runs: {using: composite, steps: [{uses: ./act}, {shell: bash, run: gcloud run deploy x --set-secrets A=b:1}]}",
        ])
        #expect(reading.unread.isEmpty)
        #expect(reading.deliveries.count == 1)
    }

    @Test("a file that was saved on Windows has the same places")
    func windows() throws {
        let text =
            "on: push\njobs:\n  d:\n    steps:\n      - run: |\n          ls\n          gcloud run deploy a --set-env-vars A=b\n"
        let reading = Self.read([".github/workflows/a.yml": text.replacing("\n", with: "\r\n")])
        #expect(
            try spelled(#require(reading.deliveries.first?.assignments.first).position)
                == ".github/workflows/a.yml:7:46")
    }

    @Test("no value of a file is in a message")
    func silence() {
        let secret = "hunter2hunter2hunter2"
        let reading = Self.read([
            ".github/workflows/a.yml":
                "env: {JWT_SECRET: \(secret)}\njobs: {x: {steps: [{run: \"gcloud run deploy a --set-env-vars JWT_SECRET=$(echo \(secret))'\"}]}}",
            ".github/workflows/b.yml": "JWT_SECRET: \(secret)\n  x: [",
        ])
        for unread in reading.unread { #expect(!unread.reason.contains(secret)) }
        for assignment in reading.deliveries.flatMap(\.assignments) {
            #expect(!assignment.value.shown.contains(secret))
        }
    }
}

import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("GitLab pipelines")
struct GitLabTests {
    static func read(_ files: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(files), readers: [GitLabReader()])
    }

    @Test("variables, extends, includes and references come together in a job")
    func pipeline() throws {
        let reading = Self.read([
            ".gitlab-ci.yml": """
            include:
              - local: /ci/base.yml
            variables:
              JWT_SECRET: in-the-open
              SERVICE: portal
            deploy_staging:
              extends: .deploy
              environment:
                name: staging
              variables:
                TARGET: $SERVICE-staging
            """,
            "ci/base.yml": """
            .login:
              script: [gcloud auth list]
            .deploy:
              script:
                - !reference [.login, script]
                - |
                  gcloud run deploy $TARGET \\
                    --set-env-vars "JWT_SECRET=$SIGNING_KEY"
            """,
        ])
        let delivery = try #require(reading.deliveries.first)
        #expect(reading.deliveries.count == 1)
        #expect(delivery.name == ".gitlab-ci.yml: deploy_staging")
        #expect(delivery.services == ["portal-staging"])
        #expect(delivery.environment?.environment == .staging)
        #expect(spelled(delivery.assignments) == ["JWT_SECRET=<gitlab:staging/SIGNING_KEY>"])
        #expect(spelled(delivery.assignments[0].position) == "ci/base.yml:8:25")
        #expect(spelled(reading.loose) == ["JWT_SECRET=in-the-open workflow .gitlab-ci.yml:4"])
    }

    @Test("a written .env is handed over, with the job's own variables over the global")
    func environmentFile() throws {
        let reading = Self.read([
            ".gitlab-ci.yml": """
            variables: {KEY: global}
            production:
              variables: {KEY: own}
              before_script: ['echo "JWT_SECRET=$CI_JWT" > .env']
              script:
                - echo "A=$KEY" >> .env
                - scp .env host:/srv
            """
        ])
        #expect(try spelled(#require(reading.deliveries.first).assignments) == ["JWT_SECRET=<gitlab:CI_JWT>", "A=own"])
        #expect(reading.deliveries.first?.environment?.environment == .production)
    }

    @Test("extends and includes in a circle end, and broken files are named")
    func circles() {
        let reading = Self.read([
            ".gitlab-ci.yml": "include: [a.yml, missing.yml]\na: {extends: [b], script: [ls]}\nb: {extends: a}",
            "a.yml": "include: .gitlab-ci.yml\nc: [",
        ])
        #expect(reading.unread.map(\.position.file) == ["a.yml"])
    }

    @Test("a matrix deploys each of its combinations")
    func matrix() {
        let reading = Self.read([
            ".gitlab-ci.yml":
                "d:\n  parallel: {matrix: [{S: [a, b]}]}\n  script: ['gcloud run deploy $S --set-secrets X=y:1']"
        ])
        #expect(reading.deliveries.map(\.services) == [["a"], ["b"]])
    }
}

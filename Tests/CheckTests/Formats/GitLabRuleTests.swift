import Evidence
import Testing

@testable import Check

/// A GitLab pipeline that deploys two services, with the variables of its jobs.
///
/// As for GitHub workflows: `LS101` and `LS104` are not known of a deploy, a text is `LS105`, and `LS111` has no counterpart.
@Suite("Rules in GitLab pipelines")
struct GitLabRuleTests {
    private static func pipeline(
        _ portal: String, _ backend: String, variables: String = "LOG_LEVEL: info", build: String = ""
    ) -> [String: String] {
        [
            ".gitlab-ci.yml": """
            stages: [build, deploy]

            variables:
              \(variables)

            build:
              stage: build
              image: docker:27
              script:
                - docker build \(build)-t $CI_REGISTRY_IMAGE/portal:$CI_COMMIT_SHA portal

            deploy-production:
              stage: deploy
              image: google/cloud-sdk:slim
              environment:
                name: production
              script:
                - gcloud run deploy portal --image $CI_REGISTRY_IMAGE/portal:$CI_COMMIT_SHA --set-env-vars ENVIRONMENT=production \(portal)
                - gcloud run deploy backend --image $CI_REGISTRY_IMAGE/backend:$CI_COMMIT_SHA --set-env-vars ENVIRONMENT=production \(backend)
              rules:
                - if: $CI_COMMIT_BRANCH == "main"
            """,
            "portal/go.mod": "module example.org/portal\n",
            "portal/main.go": """
            package main

            import (
            	"os"

            	"github.com/golang-jwt/jwt/v5"
            )

            func sign(claims jwt.MapClaims) (string, error) {
            	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(os.Getenv("JWT_SECRET")))
            }
            """,
            "backend/Gemfile": "gem 'jwt'\n",
            "backend/auth.rb": """
            require 'jwt'

            def user(token)
              JWT.decode(token, ENV.fetch('JWT_SECRET'), true, algorithm: 'HS256').first
            end
            """,
        ]
    }

    private static let pinned = "--set-secrets JWT_SECRET=jwt-secret-production:7"
    private static let handed = "--update-env-vars JWT_SECRET=$JWT_SECRET"
    private static let sound = pipeline(pinned, pinned)
    private static let handing = pipeline(handed, handed)

    private static let fixtures = [
        RuleFixture(
            .workflowDropsSecret, "the backend is deployed without it", broken: pipeline(pinned, "--max-instances 4"),
            mended: sound, finds: ["LS112 .gitlab-ci.yml:19"]),
        RuleFixture(
            .differentSecrets, "the backend is given another secret",
            broken: pipeline(pinned, "--set-secrets JWT_SECRET=backend-jwt:1"), mended: sound,
            finds: ["LS102 .gitlab-ci.yml:19"]),
        RuleFixture(
            .differentSecrets, "the backend is given another variable of the project",
            broken: pipeline(handed, "--update-env-vars JWT_SECRET=$BACKEND_JWT_SECRET"), mended: handing,
            finds: ["LS102 .gitlab-ci.yml:19"]),
        RuleFixture(
            .twoNamesTwoValues, "the portal is given two names with two secrets",
            broken: pipeline(pinned + ",JWT_SECRET_KEY=old-jwt:1", pinned).filter { !$0.key.hasPrefix("portal") },
            mended: sound.filter { !$0.key.hasPrefix("portal") }, finds: ["LS103 .gitlab-ci.yml:18"]),
        RuleFixture(
            .committedSecret, "the pipeline's variables hold it",
            broken: pipeline(handed, handed, variables: "JWT_SECRET: \(Given.strong)"), mended: handing,
            finds: ["LS105 .gitlab-ci.yml:4"]),
        RuleFixture(
            .weakSecret, "the pipeline's variables hold a placeholder",
            broken: pipeline(handed, handed, variables: "JWT_SECRET: change-me"), mended: handing,
            finds: ["LS106 .gitlab-ci.yml:18", "LS106 .gitlab-ci.yml:19"]),
        RuleFixture(
            .floatingVersion, "both are given whatever is the latest",
            broken: pipeline(
                "--set-secrets JWT_SECRET=jwt-secret-production:latest",
                "--set-secrets JWT_SECRET=jwt-secret-production:latest"), mended: sound,
            finds: ["LS108 .gitlab-ci.yml:18", "LS108 .gitlab-ci.yml:19"]),
        RuleFixture(
            .mixedEnvironments, "the backend is told staging",
            broken: [
                ".gitlab-ci.yml": (sound[".gitlab-ci.yml"] ?? "").replacing(
                    "backend:$CI_COMMIT_SHA --set-env-vars ENVIRONMENT=production",
                    with: "backend:$CI_COMMIT_SHA --set-env-vars ENVIRONMENT=staging")
            ].merging(sound) { first, _ in first }, mended: sound, finds: ["LS109 .gitlab-ci.yml:19"]),
        RuleFixture(
            .policyDiffers, "the services want two audiences",
            broken: pipeline(
                pinned + " --update-env-vars JWT_AUDIENCE=shop", pinned + " --update-env-vars JWT_AUDIENCE=backend"),
            mended: sound, finds: ["LS110 .gitlab-ci.yml:19"]),
        RuleFixture(
            .secretInImage, "the image is built with it",
            broken: pipeline(pinned, pinned, build: "--build-arg JWT_SECRET=$JWT_SECRET "), mended: sound,
            finds: ["LS113 .gitlab-ci.yml:10"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than the backend takes them",
            broken: pipeline(
                pinned + " --update-env-vars JWT_EXPIRATION_HOURS=48",
                pinned + " --update-env-vars JWT_MAX_LIFETIME_HOURS=24"), mended: sound,
            finds: ["LS301 .gitlab-ci.yml:19"]),
        RuleFixture(
            .sharedAcrossEnvironments, "staging is given production's secret",
            broken: sound.merging([
                ".gitlab-ci.yml": (sound[".gitlab-ci.yml"] ?? "") + "\n"
                    + staging("jwt-secret-production:7")
            ]) { $1 },
            mended: sound.merging([
                ".gitlab-ci.yml": (sound[".gitlab-ci.yml"] ?? "") + "\n" + staging("jwt-secret-staging:2")
            ]) { $1 }, finds: ["LS107 .gitlab-ci.yml:18"]),
    ]

    private static func staging(_ secret: String) -> String {
        """
        deploy-staging:
          stage: deploy
          environment: {name: staging}
          script:
            - gcloud run deploy portal --image portal --set-env-vars ENVIRONMENT=staging --set-secrets JWT_SECRET=\(secret)
            - gcloud run deploy backend --image backend --set-env-vars ENVIRONMENT=staging --set-secrets JWT_SECRET=\(secret)
        """
    }

    @Test("each fault is found where it stands, and gone when it is mended", arguments: fixtures)
    func rule(_ fixture: RuleFixture) { fixture.verify() }
}

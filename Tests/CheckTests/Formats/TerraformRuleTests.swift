import Evidence
import Testing

@testable import Check

/// Terraform: Cloud Run services with a file of variables for each environment, ECS tasks in `jsonencode`, deployments of
/// the Kubernetes provider, and a plan as `terraform show -json` prints it.
///
/// `LS105` is a variable's default or a secret's version here; a plain text that a service is given is `LS114`. `LS112` is
/// about workflows, `LS113` about images, `LS2xx` about code.
@Suite("Rules in Terraform")
struct TerraformRuleTests {
    private static let code: [String: String] = [
        "portal/pom.xml": "<project><artifactId>portal</artifactId></project>",
        "portal/src/main/java/org/example/Tokens.java": """
        package org.example;

        import com.auth0.jwt.JWT;
        import com.auth0.jwt.algorithms.Algorithm;

        final class Tokens {
            String issue(String subject) {
                return JWT.create().withSubject(subject).sign(Algorithm.HMAC256(System.getenv("JWT_SECRET")));
            }
        }
        """,
        "backend/requirements.txt": "pyjwt",
        "backend/auth.py": """
        import os

        import jwt


        def user(token):
            return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])
        """,
    ]

    /// The last of several places, changed.
    private static func changed(
        _ files: [String: String], _ file: String, _ old: String, _ new: String
    ) -> [String: String] {
        var files = files
        guard var text = files[file], let last = text.ranges(of: old).last else { return files }
        text.replaceSubrange(last, with: new)
        files[file] = text
        return files
    }

    // MARK: Cloud Run

    private static let run = code.merging([
        "terraform/main.tf": """
        variable "environment" { type = string }
        variable "project" { type = string }
        variable "jwt_version" { type = string }

        locals {
          audience = "shop"
        }

        data "google_secret_manager_secret" "jwt" {
          project   = var.project
          secret_id = "jwt-secret-${var.environment}"
        }

        resource "google_cloud_run_v2_service" "portal" {
          name     = "portal"
          location = "europe-west1"

          template {
            containers {
              image = "europe-docker.pkg.dev/${var.project}/shop/portal:1"
              env {
                name  = "ENVIRONMENT"
                value = var.environment
              }
              env {
                name  = "JWT_AUDIENCE"
                value = local.audience
              }
              env {
                name = "JWT_SECRET"
                value_source {
                  secret_key_ref {
                    secret  = data.google_secret_manager_secret.jwt.secret_id
                    version = var.jwt_version
                  }
                }
              }
            }
          }
        }

        resource "google_cloud_run_v2_service" "backend" {
          name     = "backend"
          location = "europe-west1"

          template {
            containers {
              image = "europe-docker.pkg.dev/${var.project}/shop/backend:1"
              env {
                name  = "ENVIRONMENT"
                value = var.environment
              }
              env {
                name  = "JWT_AUDIENCE"
                value = local.audience
              }
              env {
                name = "JWT_SECRET"
                value_source {
                  secret_key_ref {
                    secret  = data.google_secret_manager_secret.jwt.secret_id
                    version = var.jwt_version
                  }
                }
              }
            }
          }
        }
        """,
        "terraform/env/staging.tfvars": """
        environment = "staging"
        project     = "shop-staging"
        jwt_version = "4"
        """,
        "terraform/env/production.tfvars": """
        environment = "production"
        project     = "shop-production"
        jwt_version = "7"
        """,
    ]) { $1 }
    private static let main = "terraform/main.tf"
    private static let binding = """
              env {
                name = "JWT_SECRET"
                value_source {
                  secret_key_ref {
                    secret  = data.google_secret_manager_secret.jwt.secret_id
                    version = var.jwt_version
                  }
                }
              }

        """.replacing("\n\n", with: "\n")

    private static func changed(_ old: String, _ new: String) -> [String: String] { changed(run, main, old, new) }

    private static let cloudRun = [
        RuleFixture(
            .missingSecret, "the backend's secret is forgotten", broken: changed(binding, ""), mended: run,
            finds: ["LS101 terraform/main.tf:42", "LS101 terraform/main.tf:42"]),
        RuleFixture(
            .differentSecrets, "the backend has a secret of its own",
            broken: changed("data.google_secret_manager_secret.jwt.secret_id", "\"backend-jwt\""), mended: run,
            finds: ["LS102 terraform/main.tf:58", "LS102 terraform/main.tf:58"]),
        RuleFixture(
            .differentSecrets, "the backend stays on an older version",
            broken: changed("version = var.jwt_version", "version = \"3\""), mended: run,
            finds: ["LS102 terraform/main.tf:58", "LS102 terraform/main.tf:58"]),
        RuleFixture(
            .twoNamesTwoValues, "the backend has two names of two secrets",
            broken: changed(
                binding,
                binding
                    + binding.replacing("JWT_SECRET", with: "JWT_SECRET_KEY")
                    .replacing("data.google_secret_manager_secret.jwt.secret_id", with: "\"old-jwt\"")
            ).filter { !$0.key.hasPrefix("backend") }, mended: run.filter { !$0.key.hasPrefix("backend") },
            finds: ["LS103 terraform/main.tf:58", "LS103 terraform/main.tf:58"]),
        RuleFixture(
            .defaultReachesProduction, "the backend is left to its code's default",
            broken: changed(binding, "").merging([
                "backend/auth.py": (code["backend/auth.py"] ?? "").replacing(
                    #"os.environ["JWT_SECRET"]"#, with: #"os.getenv("JWT_SECRET", "dev-only-secret")"#)
            ]) { $1 }, mended: run,
            finds: [
                "LS102 backend/auth.py:7", "LS102 backend/auth.py:7", "LS104 terraform/main.tf:42",
                "LS104 terraform/main.tf:42", "LS202 backend/auth.py:7",
            ]),
        RuleFixture(
            .committedSecret, "the secret's version is made from a text", in: run,
            .write(
                "terraform/secrets.tf",
                """
                resource "google_secret_manager_secret_version" "jwt" {
                  secret      = data.google_secret_manager_secret.jwt.id
                  secret_data = "\(Given.strong)"
                }
                """), finds: ["LS105 terraform/secrets.tf:3"]),
        RuleFixture(
            .committedSecret, "a variable's default is a good secret", in: run,
            .write(
                "terraform/variables.tf",
                """
                variable "jwt_secret" {
                  type      = string
                  sensitive = true
                  default   = "\(Given.strong)"
                }
                """), finds: ["LS105 terraform/variables.tf:4"]),
        RuleFixture(
            .committedSecret, "a file of variables holds it",
            broken: run.merging([
                "terraform/env/production.tfvars": (run["terraform/env/production.tfvars"] ?? "")
                    + "\njwt_secret = \"\(Given.strong)\""
            ]) { $1 }, mended: run, finds: ["LS105 terraform/env/production.tfvars:4"]),
        RuleFixture(
            .weakSecret, "a short text is deployed",
            broken: run.merging([
                main: (run[main] ?? "").replacing(
                    binding,
                    with: "      env {\n        name  = \"JWT_SECRET\"\n        value = \"shop-secret\"\n      }\n")
            ]) { $1 }, mended: run,
            finds: [
                "LS106 terraform/main.tf:31", "LS106 terraform/main.tf:54", "LS114 terraform/main.tf:31",
                "LS114 terraform/main.tf:54",
            ]),
        RuleFixture(
            .sharedAcrossEnvironments, "both environments take one secret of one project", in: run,
            .replace("jwt-secret-${var.environment}", in: main, with: "jwt-secret"),
            .replace("shop-production", in: "terraform/env/production.tfvars", with: "shop"),
            .replace("\"7\"", in: "terraform/env/production.tfvars", with: "\"4\""),
            .replace("shop-staging", in: "terraform/env/staging.tfvars", with: "shop"),
            finds: ["LS107 terraform/main.tf:30"]),
        RuleFixture(
            .floatingVersion, "production takes whatever is the latest", in: run,
            .replace("\"7\"", in: "terraform/env/production.tfvars", with: "\"latest\""),
            finds: ["LS108 terraform/main.tf:30", "LS108 terraform/main.tf:58"]),
        RuleFixture(
            .mixedEnvironments, "the backend says for itself where it runs",
            broken: changed("value = var.environment", "value = \"development\""), mended: run,
            finds: ["LS109 terraform/main.tf:51", "LS109 terraform/main.tf:51"]),
        RuleFixture(
            .policyDiffers, "the audiences differ", broken: changed("value = local.audience", "value = \"backend\""),
            mended: run, finds: ["LS110 terraform/main.tf:55", "LS110 terraform/main.tf:55"]),
        RuleFixture(
            .localAndCloudDiffer, "compose runs with another audience",
            broken: run.merging(["docker-compose.yml": compose("local-shop")]) { $1 },
            mended: run.merging(["docker-compose.yml": compose("shop")]) { $1 },
            finds: [
                "LS111 terraform/main.tf:6", "LS111 terraform/main.tf:6", "LS111 terraform/main.tf:6",
                "LS111 terraform/main.tf:6",
            ]),
        RuleFixture(
            .plainTextInTemplate, "the secret stands in the configuration", in: run,
            .replace(
                binding, in: main,
                with: "      env {\n        name  = \"JWT_SECRET\"\n        value = \"\(Given.strong)\"\n      }\n"),
            finds: ["LS107 terraform/main.tf:31", "LS114 terraform/main.tf:31", "LS114 terraform/main.tf:54"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than the backend takes them", in: run,
            .replace(
                binding, in: main,
                with: binding + """
                          env {
                            name  = "JWT_EXPIRATION_HOURS"
                            value = "48"
                          }
                          env {
                            name  = "JWT_MAX_LIFETIME_HOURS"
                            value = "24"
                          }

                    """), finds: ["LS301 terraform/main.tf:44", "LS301 terraform/main.tf:44"]),
    ]

    private static func compose(_ audience: String) -> String {
        """
        services:
          portal:
            build: portal
            environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: \(audience)}
          backend:
            build: backend
            environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: \(audience)}
        """
    }

    @Test("Cloud Run: each fault is found where it stands, and gone when it is mended", arguments: cloudRun)
    func ruleInCloudRun(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: ECS

    private static let tasks = code.merging([
        "infra/production/ecs.tf": """
        resource "aws_secretsmanager_secret" "jwt" {
          name = "shop/production/jwt"
        }

        resource "aws_ecs_task_definition" "portal" {
          family = "portal"
          container_definitions = jsonencode([
            {
              name  = "portal"
              image = "shop/portal:1"
              environment = [
                { name = "ENVIRONMENT", value = "production" },
              ]
              secrets = [
                { name = "JWT_SECRET", valueFrom = aws_secretsmanager_secret.jwt.arn },
              ]
            }
          ])
        }

        resource "aws_ecs_task_definition" "backend" {
          family = "backend"
          container_definitions = jsonencode([
            {
              name  = "backend"
              image = "shop/backend:1"
              environment = [
                { name = "ENVIRONMENT", value = "production" },
              ]
              secrets = [
                { name = "JWT_SECRET", valueFrom = aws_secretsmanager_secret.jwt.arn },
              ]
            }
          ])
        }
        """
    ]) { $1 }
    private static let ecs = "infra/production/ecs.tf"
    private static let entry = "        { name = \"JWT_SECRET\", valueFrom = aws_secretsmanager_secret.jwt.arn },\n"

    private static let inTasks = [
        RuleFixture(
            .missingSecret, "one task of two has no secret", broken: changed(tasks, ecs, entry, ""), mended: tasks,
            finds: ["LS101 infra/production/ecs.tf:25"]),
        RuleFixture(
            .differentSecrets, "the backend's task names a secret that was made by hand",
            broken: changed(
                tasks, ecs, "aws_secretsmanager_secret.jwt.arn",
                #""arn:aws:secretsmanager:eu-west-1:123456789012:secret:backend-jwt-Ab3dE9""#), mended: tasks,
            finds: ["LS102 infra/production/ecs.tf:31"]),
        RuleFixture(
            .plainTextInTemplate, "the backend's task has it in plain text",
            broken: changed(
                changed(tasks, ecs, entry, ""), ecs, "value = \"production\" },",
                "value = \"production\" },\n        { name = \"JWT_SECRET\", value = \"\(Given.strong)\" },"),
            mended: tasks,
            finds: ["LS102 infra/production/ecs.tf:29", "LS114 infra/production/ecs.tf:29"]),
        RuleFixture(
            .weakSecret, "a placeholder is applied to the backend",
            broken: changed(
                changed(tasks, ecs, entry, ""), ecs, "value = \"production\" },",
                "value = \"production\" },\n        { name = \"JWT_SECRET\", value = \"changeme\" },"), mended: tasks,
            finds: [
                "LS102 infra/production/ecs.tf:29", "LS106 infra/production/ecs.tf:29",
                "LS114 infra/production/ecs.tf:29",
            ]),
        RuleFixture(
            .mixedEnvironments, "the backend's task is told staging",
            broken: changed(tasks, ecs, "value = \"production\"", "value = \"staging\""), mended: tasks,
            finds: ["LS109 infra/production/ecs.tf:28"]),
    ]

    @Test("ECS: each fault is found where it stands, and gone when it is mended", arguments: inTasks)
    func ruleInTasks(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: Kubernetes

    private static let deployments = code.merging([
        "k8s/production/main.tf": """
        resource "kubernetes_secret" "jwt" {
          metadata {
            name      = "jwt"
            namespace = "shop"
          }
          data = {
            secret = var.jwt_secret
          }
        }

        variable "jwt_secret" {
          type      = string
          sensitive = true
        }

        resource "kubernetes_deployment" "portal" {
          metadata {
            name      = "portal"
            namespace = "shop"
          }
          spec {
            template {
              spec {
                container {
                  name  = "portal"
                  image = "shop/portal:1"
                  env {
                    name  = "ENVIRONMENT"
                    value = "production"
                  }
                  env {
                    name = "JWT_SECRET"
                    value_from {
                      secret_key_ref {
                        name = kubernetes_secret.jwt.metadata[0].name
                        key  = "secret"
                      }
                    }
                  }
                }
              }
            }
          }
        }

        resource "kubernetes_deployment" "backend" {
          metadata {
            name      = "backend"
            namespace = "shop"
          }
          spec {
            template {
              spec {
                container {
                  name  = "backend"
                  image = "shop/backend:1"
                  env {
                    name  = "ENVIRONMENT"
                    value = "production"
                  }
                  env {
                    name = "JWT_SECRET"
                    value_from {
                      secret_key_ref {
                        name = kubernetes_secret.jwt.metadata[0].name
                        key  = "secret"
                      }
                    }
                  }
                }
              }
            }
          }
        }
        """
    ]) { $1 }
    private static let k8s = "k8s/production/main.tf"

    private static let inDeployments = [
        RuleFixture(
            .missingSecret, "the backend's variable has another name than its code reads",
            broken: changed(deployments, k8s, "name = \"JWT_SECRET\"", "name = \"BACKEND_JWT\""), mended: deployments,
            finds: ["LS101 k8s/production/main.tf:46"]),
        RuleFixture(
            .differentSecrets, "the backend takes a secret that nobody here makes",
            broken: changed(deployments, k8s, "kubernetes_secret.jwt.metadata[0].name", "\"backend-jwt\""),
            mended: deployments, finds: ["LS102 k8s/production/main.tf:62"]),
        RuleFixture(
            .plainTextInTemplate, "the object's data is a text", in: deployments,
            .replace("= var.jwt_secret", in: k8s, with: "= \"\(Given.strong)\""),
            finds: ["LS114 k8s/production/main.tf:7"]),
        RuleFixture(
            .weakSecret, "the object's data is a placeholder", in: deployments,
            .replace("= var.jwt_secret", in: k8s, with: "= \"changeme\""),
            finds: ["LS106 k8s/production/main.tf:7", "LS114 k8s/production/main.tf:7"]),
        RuleFixture(
            .defaultReachesProduction, "the variable has a default", in: deployments,
            .replace("  sensitive = true", in: k8s, with: "  sensitive = true\n  default   = \"dev-secret\""),
            finds: ["LS104 k8s/production/main.tf:7", "LS104 k8s/production/main.tf:7"]),
        RuleFixture(
            .mixedEnvironments, "the backend's pods are told staging",
            broken: changed(deployments, k8s, "value = \"production\"", "value = \"staging\""), mended: deployments,
            finds: ["LS109 k8s/production/main.tf:58"]),
    ]

    @Test("Kubernetes: each fault is found where it stands, and gone when it is mended", arguments: inDeployments)
    func ruleInDeployments(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: plans

    private static func plan(_ backend: String, environment: String = "production") -> [String: String] {
        code.merging([
            "plans/production.json": """
            {
              "format_version": "1.2",
              "terraform_version": "1.9.5",
              "variables": {"environment": {"value": "production"}},
              "planned_values": {
                "root_module": {
                  "resources": [
                    {
                      "address": "google_cloud_run_v2_service.portal",
                      "mode": "managed",
                      "type": "google_cloud_run_v2_service",
                      "name": "portal",
                      "values": {
                        "name": "portal",
                        "template": [{"containers": [{"image": "shop/portal:1", "env": [
                          {"name": "ENVIRONMENT", "value": "production", "value_source": []},
                          {"name": "JWT_SECRET", "value": null, "value_source": [
                            {"secret_key_ref": [{"secret": "jwt-secret", "version": "7"}]}
                          ]}
                        ]}]}]
                      }
                    },
                    {
                      "address": "google_cloud_run_v2_service.backend",
                      "mode": "managed",
                      "type": "google_cloud_run_v2_service",
                      "name": "backend",
                      "values": {
                        "name": "backend",
                        "template": [{"containers": [{"image": "shop/backend:1", "env": [
                          {"name": "ENVIRONMENT", "value": "\(environment)", "value_source": []}\(backend)
                        ]}]}]
                      }
                    }
                  ]
                }
              }
            }
            """
        ]) { $1 }
    }

    private static func reference(_ secret: String, _ version: String) -> String {
        """
        ,
                          {"name": "JWT_SECRET", "value": null, "value_source": [
                            {"secret_key_ref": [{"secret": "\(secret)", "version": "\(version)"}]}
                          ]}
        """
    }

    private static let planned = plan(reference("jwt-secret", "7"))

    private static let inPlans = [
        RuleFixture(
            .missingSecret, "the plan's backend has no secret", broken: plan(""), mended: planned,
            finds: ["LS101 plans/production.json:24"]),
        RuleFixture(
            .differentSecrets, "the plan's backend has another secret", broken: plan(reference("backend-jwt", "7")),
            mended: planned, finds: ["LS102 plans/production.json:32"]),
        RuleFixture(
            .differentSecrets, "the plan's backend has another version", broken: plan(reference("jwt-secret", "6")),
            mended: planned, finds: ["LS102 plans/production.json:32"]),
        RuleFixture(
            .floatingVersion, "the plan's backend has whatever is the latest",
            broken: plan(reference("jwt-secret", "latest")), mended: planned,
            finds: ["LS102 plans/production.json:32", "LS108 plans/production.json:32"]),
        RuleFixture(
            .mixedEnvironments, "the plan's backend is told staging",
            broken: plan(reference("jwt-secret", "7"), environment: "staging"), mended: planned,
            finds: ["LS109 plans/production.json:31"]),
        RuleFixture(
            .plainTextInTemplate, "the plan's backend has it in plain text",
            broken: plan(", {\"name\": \"JWT_SECRET\", \"value\": \"\(Given.strong)\", \"value_source\": []}"),
            mended: planned, finds: ["LS102 plans/production.json:31", "LS114 plans/production.json:31"]),
    ]

    @Test("plans: each fault is found where it stands, and gone when it is mended", arguments: inPlans)
    func ruleInPlans(_ fixture: RuleFixture) { fixture.verify() }
}

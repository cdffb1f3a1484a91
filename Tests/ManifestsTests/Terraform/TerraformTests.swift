import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("Terraform")
struct TerraformTests {
    static func read(_ files: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(files), readers: [TerraformReader()])
    }

    static let resources: [(String, [String])] = [
        (
            """
            resource "google_cloud_run_v2_service" "x" {
              name = "portal"
              template {
                containers {
                  image = "i"
                  env {
                    name  = "LOG"
                    value = "debug"
                  }
                  env {
                    name = "JWT_SECRET"
                    value_source {
                      secret_key_ref {
                        secret  = google_secret_manager_secret.jwt.secret_id
                        version = "latest"
                      }
                    }
                  }
                }
              }
            }
            """, ["portal LOG=debug", "portal JWT_SECRET=<gcp:jwt-secret@latest>"]
        ),
        (
            """
            resource "google_cloud_run_service" "x" {
              name = "portal"
              template { spec { containers {
                env {
                  name = "JWT_SECRET"
                  value_from { secret_key_ref {
                      name = "projects/acme/secrets/jwt"
                      key  = "3"
                    }
                  }
                }
              } } }
            }
            """, ["portal JWT_SECRET=<gcp:acme/jwt@3>"]
        ),
        (
            """
            resource "google_cloud_run_v2_job" "x" {
              name = "job"
              template { template { containers { env {
                name = "JWT_SECRET"
                value = var.jwt
              } } } }
            }
            """, ["job JWT_SECRET=<template:infra/var.jwt>"]
        ),
        (
            """
            resource "google_cloud_run_v2_service" "x" {
              name = "portal"
              template { containers {
                dynamic "env" {
                  for_each = local.env
                  content {
                    name  = env.key
                    value = env.value
                  }
                }
                dynamic "env" {
                  for_each = toset(["JWT_SECRET"])
                  iterator = s
                  content {
                    name = s.value
                    value_source { secret_key_ref {
                        secret  = lower(s.value)
                        version = "1"
                    } }
                  }
                }
              } }
            }
            """, ["portal A=1", "portal B=<template:infra/var.jwt>", "portal JWT_SECRET=<gcp:jwt_secret@1>"]
        ),
        (
            """
            resource "google_cloud_run_v2_service" "x" {
              for_each = { portal = "a", backend = "b" }
              name     = each.key
              template { containers { env {
                  name  = "V"
                  value = each.value
              } } }
            }
            """, ["portal V=a", "backend V=b"]
        ),
        (
            """
            resource "google_cloudfunctions2_function" "x" {
              name = "fn"
              service_config {
                environment_variables = { A = "1" }
                secret_environment_variables {
                  key        = "JWT_SECRET"
                  project_id = "acme"
                  secret     = "jwt"
                  version    = "latest"
                }
              }
            }
            """, ["fn A=1", "fn JWT_SECRET=<gcp:acme/jwt@latest>"]
        ),
        (
            """
            resource "aws_ecs_task_definition" "x" {
              family = "acme"
              container_definitions = jsonencode([
                {
                  name        = "backend"
                  environment = [{ name = "JWT_SECRET", value = var.jwt }, { name = "A", value = "1" }]
                  secrets     = [{ name = "DB", valueFrom = "${aws_secretsmanager_secret.jwt.arn}:db::" }]
                },
                { name = "portal", secrets = [for k, v in local.secrets : { name = k, valueFrom = v }] }
              ])
            }
            """,
            [
                "acme/backend JWT_SECRET=<template:infra/var.jwt>", "acme/backend A=1",
                "acme/backend DB=<aws:prod/jwt#db>",
                "acme/portal JWT_SECRET=<aws:prod/jwt>",
            ]
        ),
        (
            """
            resource "aws_ecs_task_definition" "x" {
              family                = "acme"
              container_definitions = <<DEFS
            [{"name": "backend", "environment": [{"name": "JWT_SECRET", "value": "${var.jwt}"}],
              "secrets": [{"name": "DB", "valueFrom": "arn:aws:ssm:${var.region}:1:parameter/db"}]}]
            DEFS
            }
            """, ["backend JWT_SECRET=<template:infra/var.jwt>", "backend DB=<ssm:db>"]
        ),
        (
            """
            resource "aws_ecs_task_definition" "x" {
              family                = "acme"
              container_definitions = templatefile("task.json.tpl", { secret = var.jwt })
            }
            """, ["backend JWT_SECRET=<template:infra/var.jwt>"]
        ),
        (
            """
            resource "aws_lambda_function" "x" {
              function_name = "fn"
              environment { variables = merge(local.env, { C = "3" }) }
            }
            """, ["fn A=1", "fn B=<template:infra/var.jwt>", "fn C=3"]
        ),
        (
            """
            resource "kubernetes_secret" "s" {
              metadata {
                name      = "api"
                namespace = "prod"
              }
              data = { JWT_SECRET = random_password.jwt.result }
            }
            resource "kubernetes_deployment_v1" "x" {
              metadata {
                name      = "api"
                namespace = "prod"
              }
              spec { template { spec { container {
                name = "api"
                env {
                  name = "JWT_SECRET"
                  value_from { secret_key_ref {
                      name = kubernetes_secret.s.metadata[0].name
                      key  = "JWT_SECRET"
                  } }
                }
                env {
                  name = "OTHER"
                  value_from { secret_key_ref {
                      name = "elsewhere"
                      key  = "K"
                  } }
                }
              } } } }
            }
            """, ["api JWT_SECRET=<template:infra/random_password.jwt.result>", "api OTHER=<k8s:prod/elsewhere#K>"]
        ),
        (
            """
            resource "kubernetes_config_map" "s" {
              metadata { name = "cfg" }
              data = { A = "1" }
            }
            resource "kubernetes_deployment" "x" {
              metadata { name = "api" }
              spec { template { spec { container {
                name = "api"
                env_from { config_map_ref { name = "cfg" } }
              } } } }
            }
            """, ["api A=1"]
        ),
        (
            """
            resource "azurerm_container_app" "x" {
              name = "api"
              secret {
                name  = "jwt"
                value = var.jwt
              }
              template { container { env {
                  name        = "JWT_SECRET"
                  secret_name = "jwt"
              } } }
            }
            """, ["api JWT_SECRET=<template:infra/var.jwt>"]
        ),
    ]

    static let frame = """
        variable "jwt" {}
        variable "region" {}
        locals {
          env     = { A = "1", B = var.jwt }
          secrets = { JWT_SECRET = aws_secretsmanager_secret.jwt.arn }
        }
        resource "random_password" "jwt" { length = 48 }
        resource "google_secret_manager_secret" "jwt" { secret_id = "jwt-secret" }
        resource "aws_secretsmanager_secret" "jwt" { name = "prod/jwt" }

        """

    @Test("what runs is read with its variables", arguments: resources)
    func workloads(text: String, expected: [String]) {
        let reading = Self.read([
            "infra/main.tf": Self.frame + text,
            "infra/task.json.tpl":
                #"[{"name": "backend", "environment": [{"name": "JWT_SECRET", "value": "${secret}"}]}]"#,
        ])
        #expect(reading.unread == [])
        let found = reading.stacks.flatMap(\.workloads).flatMap { workload in
            spelled(workload.assignments).map { "\(workload.name) \($0)" }
        }
        #expect(found == expected)
    }

    static let main = """
        variable "jwt" { type = string }
        variable "environment" { default = "dev" }
        resource "aws_lambda_function" "f" {
          function_name = "f"
          environment {
            variables = {
              JWT_SECRET = var.jwt
              STAGE_NAME = var.environment
            }
          }
        }

        """

    @Test("each file of variables is a stack, with the places of its values")
    func variableSets() throws {
        let reading = Self.read([
            "main.tf": Self.main, "common.auto.tfvars": "jwt = \"shared\"\n",
            "env/staging.tfvars": "environment = \"staging\"\n",
            "env/prod.tfvars": "environment = \"prod\"\njwt = \"own\"\n",
        ])
        #expect(reading.stacks.map { $0.environment?.environment } == [.production, .staging])
        #expect(
            reading.stacks.map { spelled($0.workloads[0].assignments) } == [
                ["JWT_SECRET=own", "STAGE_NAME=prod"], ["JWT_SECRET=shared", "STAGE_NAME=staging"],
            ])
        let secret = try #require(reading.stacks[0].workloads[0]["JWT_SECRET"])
        #expect(spelled(secret.position) == "main.tf:7:7")
        #expect(spelled(secret.valuePosition) == "env/prod.tfvars:2:7")
    }

    @Test("modules of the same tree get their inputs, and hand on their outputs")
    func modules() {
        let reading = Self.read([
            "prod/main.tf": """
            resource "random_password" "jwt" { length = 48 }
            module "keys" { source = "../modules/keys" }
            module "portal" {
              source = "../modules/service"
              name   = "portal"
              jwt    = random_password.jwt.result
            }
            module "backend" {
              source = "../modules/service"
              name   = "backend"
              jwt    = module.keys.jwt
            }
            """,
            "modules/keys/main.tf":
                "resource \"random_password\" \"jwt\" {}\noutput \"jwt\" { value = random_password.jwt.result }\n",
            "modules/service/main.tf": """
            variable "name" {}
            variable "jwt" {}
            resource "google_cloud_run_v2_service" "s" {
              name = var.name
              template { containers { env {
                name  = "JWT_SECRET"
                value = var.jwt
              } } }
            }
            """,
        ])
        #expect(reading.stacks.count == 1)
        #expect(reading.stacks.first?.environment?.environment == .production)
        #expect(
            reading.stacks.first?.workloads.sorted { $0.name < $1.name }.map {
                "\($0.name) \(spelled($0.assignments)[0])"
            } == [
                "backend JWT_SECRET=<template:modules/keys:keys/random_password.jwt.result>",
                "portal JWT_SECRET=<template:prod/random_password.jwt.result>",
            ])
    }

    @Test("secrets that stand in the files are told")
    func loose() {
        let reading = Self.read([
            "main.tf": """
            variable "jwt_secret" { default = "in-a-default" }
            resource "google_secret_manager_secret_version" "jwt" {
              secret      = "jwt"
              secret_data = "in-a-version"
            }
            resource "aws_secretsmanager_secret_version" "all" {
              secret_id     = "all"
              secret_string = jsonencode({ api_token = "in-json", issuer = "x" })
            }
            resource "aws_ssm_parameter" "p" {
              name  = "/prod/jwt-secret"
              value = "in-a-parameter"
            }
            """, "prod.tfvars": "api_key = \"in-tfvars\"\nregion = \"x\"\nnested = { db_password = \"deep\" }\n",
        ])
        #expect(
            spelled(reading.loose) == [
                "jwt_secret=in-a-default configuration main.tf:1", "jwt=in-a-version secretObject main.tf:4",
                "api_token=in-json secretObject main.tf:8", "jwt-secret=in-a-parameter secretObject main.tf:12",
                "api_key=in-tfvars configuration prod.tfvars:1", "db_password=deep configuration prod.tfvars:3",
            ])
    }

    @Test("what is made from what is not known leaves the list open")
    func gaps() {
        let reading = Self.read([
            "main.tf": """
            variable "env" {}
            resource "google_cloud_run_v2_service" "s" {
              name = "s"
              template { containers { dynamic "env" {
                for_each = var.env
                content { name = env.key }
              } } }
            }
            resource "aws_lambda_function" "f" { environment { variables = var.env } }
            resource "aws_ecs_task_definition" "t" { container_definitions = data.template_file.t.rendered }
            """
        ])
        #expect(reading.stacks.first?.workloads.map { $0.gaps.count } == [1, 1, 1])
    }

    @Test("instances of one resource are as many secrets")
    func instances() {
        let reading = Self.read([
            "main.tf": """
            resource "google_secret_manager_secret" "all" {
              for_each  = toset(["jwt", "db"])
              secret_id = "prod-${each.key}"
            }
            resource "random_password" "each" {
              for_each = toset(["portal", "backend"])
              length   = 48
            }
            resource "google_cloud_run_v2_service" "s" {
              name = "s"
              template { containers {
                env {
                  name = "JWT_SECRET"
                  value_source { secret_key_ref {
                    secret  = google_secret_manager_secret.all["jwt"].secret_id
                    version = "1"
                  } }
                }
                env {
                  name  = "OTHER"
                  value = random_password.each["portal"].result
                }
              } }
            }
            """
        ])
        #expect(
            reading.stacks.first.map { spelled($0.workloads[0].assignments) } == [
                "JWT_SECRET=<gcp:prod-jwt@1>", "OTHER=<template:/random_password.each.portal.result>",
            ])
    }

    @Test("modules in a circle end")
    func circles() {
        let reading = Self.read([
            "a/main.tf": "module \"b\" { source = \"../b\" }\nresource \"aws_lambda_function\" \"f\" {}",
            "b/main.tf": "module \"a\" { source = \"../a\" }", "c/main.tf": "module \"c\" { source = \"./\" }",
        ])
        #expect(reading.unread.isEmpty)
    }

    @Test("a plan is read with its values, blocks and modules")
    func plan() throws {
        let reading = Self.read([
            "plan-staging.json": """
            {"format_version": "1.2", "terraform_version": "1.9.0", "variables": {"environment": {"value": "staging"}},
             "planned_values": {"root_module": {"resources": [
              {"address": "google_cloud_run_v2_service.p", "mode": "managed", "type": "google_cloud_run_v2_service", "name": "p",
               "values": {"name": "portal", "template": [{"containers": [{"image": "i", "env": [
                {"name": "JWT_SECRET", "value": null, "value_source": [{"secret_key_ref": [{"secret": "jwt", "version": "2"}]}]},
                {"name": "LOG", "value": "debug", "value_source": []}]}]}]}}],
              "child_modules": [{"resources": [
               {"address": "module.x.aws_ecs_task_definition.t", "mode": "managed", "type": "aws_ecs_task_definition", "name": "t",
                "values": {"family": "acme", "container_definitions": "[{\\"name\\":\\"backend\\",\\"environment\\":[{\\"name\\":\\"JWT_SECRET\\",\\"value\\":\\"in-the-open\\"}]}]"}},
               {"address": "module.x.aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f",
                "values": {"function_name": "f", "environment": [{"variables": {"A": "1"}}]}}]}]}}}
            """
        ])
        let stack = try #require(reading.stacks.first)
        #expect(stack.environment?.environment == .staging)
        #expect(
            stack.workloads.map { "\($0.name) \(spelled($0.assignments))" } == [
                "portal [\"JWT_SECRET=<gcp:jwt@2>\", \"LOG=debug\"]", "backend [\"JWT_SECRET=in-the-open\"]",
                "f [\"A=1\"]",
            ])
        #expect(spelled(stack.workloads[0]["JWT_SECRET"]?.position) == "plan-staging.json:5:14")
    }
}

import Evidence
import Testing

@testable import Manifests

@Suite("the syntax of Terraform")
struct HCLTests {
    static let variables = """
        variable "known" { default = { a = "x", "b-c" = "y" } }
        variable "flag" { default = "on" }
        variable "open" {}
        locals {
          text   = "t"
          list   = ["a", "b"]
          nested = { one = { two = "deep" } }
          loop   = local.loop_b
          loop_b = local.loop
          made   = "${local.text}-made"
        }
        resource "random_password" "jwt" { length = 48 }
        resource "google_secret_manager_secret" "jwt" { secret_id = "jwt-secret" }
        resource "aws_secretsmanager_secret" "jwt" { name = "prod/jwt" }
        resource "aws_ssm_parameter" "jwt" {
          name  = "/prod/jwt"
          value = random_password.jwt.result
        }
        data "aws_secretsmanager_secret_version" "read" { secret_id = "prod/jwt" }
        data "google_secret_manager_secret_version" "read" {
          secret  = "jwt-secret"
          project = "acme"
        }
        data "vault_generic_secret" "read" { path = "kv/app" }

        """

    @Test(
        "values are followed as far as the files go",
        arguments: [
            (#""plain""#, "plain"), ("12", "12"), ("true", "true"), (#""a${local.text}b""#, "atb"),
            ("local.made", "t-made"),
            ("local.nested.one.two", "deep"), (#"local.nested["one"]["two"]"#, "deep"), ("local.list[1]", "b"),
            ("var.known.a", "x"), (#"var.known["b-c"]"#, "y"), ("var.open", "<template:infra/var.open>"),
            ("var.flag", "<template:infra/var.flag-on>"), ("local.loop", "<?>"), ("local.none", "<?>"),
            (#"lookup(var.known, "a", "d")"#, "x"), (#"lookup(var.known, "z", "d")"#, "d"),
            (#"merge(var.known, { a = "z" }).a"#, "z"), (#"coalesce("", "b")"#, "b"), (#"try(null, "b")"#, "b"),
            (#"format("%s-%d", local.text, 3)"#, "t-3"), (#"join(",", concat(local.list, ["c"]))"#, "a,b,c"),
            (#"true ? "y" : "n""#, "y"), (#"local.text == "t" ? "y" : "n""#, "y"),
            (#"var.flag == "on" ? "y" : "n""#, "<?>"),
            (#"var.flag == "on" ? "y" : "y""#, "y"), (#"upper("a")"#, "A"), (#"sha256("a")"#, "<?>"),
            (#"jsonencode({ k = "v", l = [1] })"#, #"{"k":"v","l":["1"]}"#),
            (#"jsonencode({ key = var.open })"#, #"{"key":"<template:infra/var.open>"}"#),
            ("random_password.jwt.result", "<template:infra/random_password.jwt.result>"),
            ("random_password.jwt[0].result", "<template:infra/random_password.jwt.result>"),
            ("google_secret_manager_secret.jwt.secret_id", "jwt-secret"),
            ("aws_secretsmanager_secret.jwt.arn", "<aws:prod/jwt>"),
            ("aws_ssm_parameter.jwt.arn", "<ssm:/prod/jwt>"),
            ("aws_ssm_parameter.jwt.value", "<template:infra/random_password.jwt.result>"),
            ("data.aws_secretsmanager_secret_version.read.secret_string", "<aws:prod/jwt>"),
            (#"jsondecode(data.aws_secretsmanager_secret_version.read.secret_string)["key"]"#, "<aws:prod/jwt#key>"),
            ("data.google_secret_manager_secret_version.read.secret_data", "<gcp:acme/jwt-secret>"),
            (#"data.vault_generic_secret.read.data["key"]"#, "<vault:kv/app#key>"),
            ("aws_lb.front.dns_name", "<template:infra/aws_lb.front.dns_name>"), ("null", "nothing"),
            ("[for x in local.list : upper(x)][0]", "A"), (#"{ for k, v in var.known : k => "${v}!" }["a"]"#, "x!"),
            (#"[for k, v in var.known : v if k == "a"][0]"#, "x"), (#""a\n\"b\" $${x}""#, "a\n\"b\" ${x}"),
            ("<<EOT\nline $x ${local.text}\nEOT\n", "line $x t\n"), ("<<-EOT\n    a\n      b\n    EOT\n", "a\n  b\n"),
            (#"templatefile("t.tpl", { name = "n" })"#, "hello n"), (#"file("${path.module}/t.tpl")"#, "hello ${name}"),
            (#"file("gone")"#, "<?>"), ("!true", "<?>"), (#"("a")"#, "a"), ("local.nested\n", "<?>"),
        ])
    func values(expression: String, expected: String) throws {
        let reading = ManifestReaders.read(
            SourceTree([
                "infra/main.tf": Self.variables
                    + "resource \"aws_lambda_function\" \"f\" {\n  function_name = \"f\"\n  environment {\n    variables = {\n      V = \(expression)\n    }\n  }\n}\n",
                "infra/t.tpl": "hello ${name}",
            ]), readers: [TerraformReader()])
        #expect(reading.unread == [])
        #expect(spelled(reading.stacks.first?.workloads.first?["V"]?.value) == expected)
    }

    @Test(
        "what is no HCL is named with its line, and the rest goes on",
        arguments: [
            "a {\n", "a = \"x\n", "a = [1,\n", "\n}", "a = <<EOT\nx\n", "\na = ${", "a = \"${x\"\n", "/* x\n",
            "a = 1 2\n", "= 3\n", "a = \u{1F600}\n",
        ])
    func faults(text: String) {
        let reading = ManifestReaders.read(
            SourceTree(["a.tf": text, "b/b.tf": "resource \"aws_lambda_function\" \"f\" {}"]),
            readers: [TerraformReader()])
        #expect(reading.unread.count == 1)
        #expect(reading.unread.first?.position.file == "a.tf")
        #expect(reading.stacks.count == 1)
    }

    @Test(
        "nested without end it is refused, and large it is read",
        arguments: ["[", "{", "(", "!", "f(", "a {\n", "\"${"])
    func depth(sign: String) {
        let text = (sign == "a {\n" ? "" : "a = ") + String(repeating: sign, count: 20_000)
        #expect(ManifestReaders.read(SourceTree(["a.tf": text]), readers: [TerraformReader()]).unread.count == 1)
    }
}

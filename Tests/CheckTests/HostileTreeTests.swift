import Evidence
import Foundation
import Testing

@testable import Check

/// Files as a stranger's branch or an accident makes them: each is named with its place, none takes long, and what is
/// wrong beside it is found all the same.
@Suite("A tree with files that can't be read")
struct HostileTreeTests {
    struct File: Sendable, CustomTestStringConvertible {
        let path: String
        let bytes: [UInt8]
        /// What the report says of it: a part of the reason. Nil: nothing, since nobody would ask it about keys.
        let reason: String?
        /// Small, so that a test of what is too large is small too.
        var limit = 4 << 20

        init(_ path: String, _ text: String, _ reason: String?, limit: Int = 4 << 20) {
            self.init(path, bytes: Array(text.utf8), reason, limit: limit)
        }

        init(_ path: String, bytes: [UInt8], _ reason: String?, limit: Int = 4 << 20) {
            self.path = path
            self.bytes = bytes
            self.reason = reason
            self.limit = limit
        }

        var testDescription: String { "\(path): \(reason ?? "passed over")" }
    }

    private static let binary: [UInt8] = Array("kind: Deployment\nJWT_SECRET: ".utf8) + [0, 1, 0xFF, 0xFE, 0]
    private static let aliases = (1...12).map {
        "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]"
    }
    private static func deep(_ text: String) -> String { String(repeating: text, count: 100_000) }

    static let malformed: [File] = [
        File("x/docker-compose.yml", "services: [\n", "not YAML"), File("x/.env", "JWT_SECRET=\"x\n", "never closed"),
        File("x/infrastructure.yaml", "services: [\n", "not YAML"),
        File("x/.github/workflows/deploy.yml", "on: [push\n", "not YAML"),
        File("x/.gitlab-ci.yml", "a: [\n", "not YAML"), File("x/kustomization.yaml", "resources: [\n", "not YAML"),
        File("x/Chart.yaml", "name: [\n", "not YAML"),
        File("x/taskdef.json", "{\"containerDefinitions\": [", "not JSON"),
        File("x/template.yaml", "AWSTemplateFormatVersion: x\nResources: [\n", "not YAML"),
        File("x/serverless.yml", "service: a\nfunctions: [\n", "not YAML"),
        File("x/main.tf", "resource \"x\" {\n", "not HCL"), File("x/fly.toml", "[env\n", "not TOML"),
        File("x/render.yaml", "services: [\n", "not YAML"), File("x/vercel.json", "{\"env\": ", "not JSON"),
    ]

    static let nested: [File] = [
        File("x/docker-compose.yml", "services: " + deep("["), "not YAML"),
        File("x/taskdef.json", "{\"containerDefinitions\":" + deep("["), "nested too deep"),
        File("x/main.tf", "locals { secret = " + deep("["), "nested too deep"),
        File(
            "x/.github/workflows/d.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          " + deep("$("),
            "never closed"),
        File("x/Dockerfile", "FROM x\nENV JWT_SECRET=" + deep("or "), "no value"),
        File("x/auth.py", "import jwt\nsecret = " + deep("("), nil),
        File("x/auth.ts", "const secret = " + deep("{a:"), nil),
        File("x/auth.go", "package x\nvar jwtSecret = " + deep("f("), nil),
        File("x/Auth.java", "class A { String secret = " + deep("f("), nil),
        File("x/auth.rb", "secret = " + deep("["), nil), File("x/auth.php", "<?php $secret = " + deep("f("), nil),
        File("x/Auth.cs", "class A { string secret = " + deep("f("), nil),
        File("x/auth.rs", "fn secret() { " + deep("{"), nil), File("x/auth.swift", "let secret = " + deep("{"), nil),
    ]

    static let circles: [File] = [
        File("x/docker-compose.yml", "include: [docker-compose.yml]\nservices: {a: {image: x}}\n", "circle"),
        File("x/docker-compose.yml", "services:\n  a: {extends: b}\n  b: {extends: a}\n", "circle"),
        File("x/docker-compose.yml", "services: &a {x: *a}\n", "not YAML"),
        File(
            "x/docker-compose.yml",
            "a0: &a0 [x]\n\(aliases.joined(separator: "\n"))\nservices: {x: {environment: *a12}}\n", "too large"),
        File("x/main.tf", "locals {\n  secret = local.b\n  b = local.secret\n}\n", nil),
        File("x/.env", "JWT_SECRET=${A}\nA=${JWT_SECRET}\n", nil),
        File("x/kustomization.yaml", "resources: [../x]\n", "upon itself"),
    ]

    static let unreadable: [File] = [
        File("x/docker-compose.yml", bytes: binary, "binary"), File("x/deployment.yaml", bytes: binary, "binary"),
        File("x/.env", bytes: binary, "binary"), File("x/main.tf", bytes: binary, "binary"),
        File("x/taskdef.json", bytes: binary, nil), File("x/auth.py", bytes: binary, "binary"),
        File("x/.github/workflows/d.yml", bytes: binary, "binary"), File("x/logo.png", bytes: binary, nil),
        File("x/docker-compose.yml", bytes: [0x61, 0x3A, 0x20, 0xE9, 0x0A], "UTF-8"),
        File("x/docker-compose.yml", deep("#"), "bytes", limit: 4096),
        File("x/auth.py", deep("#"), "bytes", limit: 4096),
        File("x/main.tf", deep("#"), "bytes", limit: 4096), File("x/values.yaml", deep("#"), "bytes", limit: 4096),
    ]

    @Test("is checked but for them, and they are named", arguments: malformed + nested + circles + unreadable)
    func named(file: File) throws {
        let tree = try Folder()
        try tree.write("good/docker-compose.yml", Array(Self.faulty.utf8))
        try tree.write(file.path, file.bytes)
        var limits = SourceTree.Limits()
        limits.bytes = file.limit
        let result = Checker(SourceTree(root: tree.path, limits: limits)).run()
        #expect(
            result.findings.contains {
                $0.rule == .differentSecrets && $0.locations.first?.file == "good/docker-compose.yml"
            })
        if let reason = file.reason {
            #expect(result.unread.contains { $0.position.file == file.path && $0.reason.contains(reason) })
        } else {
            #expect(result.unread.isEmpty)
        }
    }

    @Test("links that lead out or in a circle, and pipes, are not followed")
    func links() throws {
        let outside = try Folder()
        try outside.write("secrets.env", Array("JWT_SECRET=abc\n".utf8))
        let tree = try Folder()
        try tree.write("good/docker-compose.yml", Array(Self.faulty.utf8))
        try tree.write("shared/common.env", Array("LOG_LEVEL=info\n".utf8))
        try tree.link("x/.env", to: outside.path + "/secrets.env")
        try tree.link("y/.env", to: "../shared/common.env")
        try tree.link("good/again", to: "..")
        try tree.link("z/.env", to: ".env")
        #expect(mkfifo(tree.path + "/good/docker-compose.override.yml", 0o600) == 0)
        let result = Checker(SourceTree(root: tree.path)).run()
        #expect(result.findings.contains { $0.rule == .differentSecrets })
        let unread = Dictionary(result.unread.map { ($0.position.file, $0.reason) }, uniquingKeysWith: { $1 })
        #expect(unread["x/.env"]?.contains("leads out of the tree") == true)
        #expect(unread["good/docker-compose.override.yml"]?.contains("no ordinary file") == true)
        #expect(unread["z/.env"] != nil)
        #expect(unread.count == 3)
    }

    private static let faulty = """
        services:
          portal: {image: p, environment: {JWT_SECRET: "${JWT_SECRET:-x}"}}
          backend: {image: b, environment: {JWT_SECRET: "${JWT_SECRET:-y}"}}
        """

    /// A folder of its own, gone with the test.
    private final class Folder {
        let path: String

        init() throws {
            path = FileManager.default.temporaryDirectory.path + "/lockstep-tree-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ bytes: [UInt8]) throws {
            try parent(name)
            try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        }

        func link(_ name: String, to target: String) throws {
            try parent(name)
            try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
        }

        private func parent(_ name: String) throws {
            let folder = URL(fileURLWithPath: path + "/" + name).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }
}

import Foundation
import Secrets
import TestSupport
import Testing

@Suite("Rules for a key")
struct KeyRulesTests {
    @Test("a key is as long as its algorithm asks, in every environment", arguments: KeyAlgorithm.symmetric)
    func lengths(algorithm: KeyAlgorithm) async throws {
        let random = Samples.first + Samples.second
        for environment in DeploymentEnvironment.allCases {
            let variables = ["ENVIRONMENT": environment.rawValue]
            let enough = String(random.prefix(algorithm.minimumKeyBytes))
            let manager = try await Samples.manager(
                variables.merging(["JWT_SECRET": enough]) { $1 }, algorithm: algorithm)
            #expect(manager.ring.current?.secret?.count == algorithm.minimumKeyBytes)
            let error = await #expect(throws: SecretError.self) {
                _ = try await Samples.manager(
                    variables.merging(["JWT_SECRET": String(enough.dropLast())]) { $1 }, algorithm: algorithm)
            }
            #expect(error?.code == "secret_too_short")
            #expect(error?.message.contains("\(algorithm.minimumKeyBytes - 1) bytes") == true)
        }
    }

    private static let placeholders = [
        "dev_secret_key_change_in_production", "dev-secret-change-in-production!",
        "your-secret-key-here-your-secret-key",
        "YOUR_SECRET_KEY_Vn3kQ8xZr1LtYw6BsHd0uJfPm", "REPLACE-ME-Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7",
        "Change.This-Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7", "${JWT_SECRET}Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7",
        "key={{ signing_key }} Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oE", "<put the secret here Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA>",
    ]

    @Test("random bytes are no template, whatever they begin with", arguments: ["<", "${", "{{"])
    func randomBytes(beginning: String) async throws {
        // Not text: 0x9D continues nothing, 0x01 is a control character.
        for other in [UInt8(0x9D), 0x01] {
            let bytes = Array(beginning.utf8) + (0..<40).map { UInt8(truncatingIfNeeded: $0 * 37 + 5) } + [other]
            let document = RingDocument(
                keys: [
                    RingKey(
                        id: KeyID("k"), aliases: [], algorithm: .hs256, material: .secret(SecretBytes(bytes)),
                        state: .current)
                ], layout: .jwks)
            let read = try RingDocument(
                try document.stored(), algorithm: .hs256, environment: .production, label: "a test")
            #expect(read.keys.map(\.id) == [KeyID("k")])
        }
    }

    @Test("a placeholder stops staging and production, and its kid is nowhere", arguments: placeholders)
    func placeholder(text: String) async throws {
        for environment in ["staging", "production"] {
            let log = CapturedLog()
            let error = await #expect(throws: SecretError.self) {
                _ = try await Samples.manager(["ENVIRONMENT": environment, "JWT_SECRET": text], log: log)
            }
            #expect(error?.code == "secret_placeholder")
            let said = log.text + (error?.message ?? "")
            #expect(!said.contains(text))
            #expect(!said.contains(Samples.kid(text).rawValue))
        }
        let manager = try await Samples.manager(["ENVIRONMENT": "development", "JWT_SECRET": text])
        #expect(manager.ring.current?.id == Samples.kid(text))
    }

    @Test("in development a weak key serves, and its kid is withheld from the log and diagnostics")
    func withheld() async throws {
        let weak = String(repeating: "ab", count: 20)
        let log = CapturedLog()
        let manager = try await Samples.manager(["ENVIRONMENT": "development", "JWT_SECRET": weak], log: log)
        #expect(log.lines.last?.metadata["kid"] == "withheld: weak key")
        let told = "\(manager.diagnostics())\(log.text)"
        #expect(!told.contains(Samples.kid(weak).rawValue))
    }

    @Test(
        "what can be foretold is no strength",
        arguments: [
            String(repeating: "a", count: 64), String(repeating: "abcdefgh", count: 8),
            "abcdefghijklmnopqrstuvwxyz0123456789", "qwertyuiopasdfghjklzxcvbnm1234567890",
            "01100101011001010110100101100101011010010110010101101001", "correct-horse-battery-staple-purple",
            "my_very_long_and_safe_signing_key", "123e4567-e89b-42d3-a456-426614174000",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "aaaabbbbccccddddeeeeffffgggghhhhiiiijjjj",
            "20240101202401022024010320240104", "aaaabbbbccccddddeeeeffff00001111",
            "thequickbrownfoxjumpsoverthelazydog",
        ])
    func weak(text: String) async {
        let bits = StrengthEstimate.bits(of: SecretBytes(utf8: text))
        #expect(bits < StrengthEstimate.minimumBits)
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": "production", "JWT_SECRET": text])
        }
        #expect(["secret_weak", "secret_placeholder"].contains(error?.code))
        #expect(error?.message.contains(Samples.kid(text).rawValue) == false)
    }

    @Test("bytes that repeat are weak also where they are no text")
    func weakBytes() {
        #expect(StrengthEstimate.bits(of: SecretBytes([UInt8](repeating: 0, count: 64))) < 128)
        #expect(StrengthEstimate.bits(of: SecretBytes((0..<64).map { UInt8($0) })) < 128)
        #expect(StrengthEstimate.bits(of: SecretBytes([])) == 0)
    }

    /// Thirty-two characters of hexadecimal are 128 bits, and nothing may be lost of them by the estimate.
    @Test("random values pass, in each usual spelling")
    func randomPasses() {
        var generator = SeededGenerator(state: 42)
        for _ in 0..<400 {
            let bytes = (0..<48).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let hexadecimal = bytes.prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            let alphanumeric = (0..<32).map { _ in
                "abcdefghijklmnopqrstuvwxyz0123456789".randomElement(using: &generator)
            }
            let spellings: [SecretBytes] = [
                SecretBytes(bytes), SecretBytes(Array(bytes.prefix(32))),
                SecretBytes(utf8: Data(bytes).base64EncodedString()),
                SecretBytes(utf8: Base64URL.encode(bytes)), SecretBytes(utf8: Base64URL.encode(bytes.prefix(24))),
                SecretBytes(utf8: hexadecimal), SecretBytes(utf8: hexadecimal.uppercased()),
                SecretBytes(utf8: String(alphanumeric.compactMap { $0 })),
            ]
            for secret in spellings {
                let bits = StrengthEstimate.bits(of: secret)
                #expect(
                    bits >= StrengthEstimate.minimumBits,
                    "\(secret.count) bytes are estimated at \(bits) bits")
            }
        }
    }

    @Test("each of the commonly leaked secrets stops production")
    func leakedSamples() async throws {
        // Tests/SecretsTests/<this file>, three levels below the package's root.
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let url = root.appendingPathComponent("../shared/vectors/weak-jwt-secrets.txt").standardizedFileURL
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            print("skipped: no ../shared/vectors/weak-jwt-secrets.txt beside the package")
            return
        }
        let samples = text.split(separator: "\n").map(String.init)
        let codes: Set = [
            "secret_too_short", "secret_placeholder", "secret_weak", "secret_required", "secret_malformed",
        ]
        for sample in samples {
            let error = await #expect(throws: SecretError.self) {
                _ = try await Samples.manager(["ENVIRONMENT": "production", "JWT_SECRET": sample])
            }
            #expect(codes.contains(error?.code ?? ""))
        }
        print("ran \(samples.count) vectors of weak-jwt-secrets.txt")
        #expect(samples.count >= 90)
    }
}

/// Values that look random and are the same in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

import ArgumentParser
import Foundation
import Secrets

struct SecretGenerateCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make a new signing secret.",
        discussion: """
            Random bytes from the system, as base64url. Without --env-file the secret alone goes to stdout, to be \
            piped; with it JWT_SECRET is set in that file (atomically, mode 0600, all other lines kept) and only its \
            kid is printed. A value that is already there is replaced with --force alone: every token signed with it \
            stops being valid.

            With an --algorithm of RS, PS, ES or EdDSA it is a key ring instead: a JWK Set (RFC 7517) with one private \
            key that is current, named by its RFC 7638 thumbprint. Verifiers need its public half alone, which the \
            portals publish at /.well-known/jwks.json.

            Examples:
              lockstep secret generate --env-file .env
              lockstep secret generate | gh secret set JWT_SECRET
              lockstep secret generate --github
              lockstep secret generate --algorithm ES256 | lockstep secret put vault://kv/jwt --from-stdin
            """)

    @Option(help: "How many random bytes; at least 32 (48 by default).")
    var bytes: Int?

    @Option(help: "What the key is for: HS, RS, PS or ES with 256, 384 or 512, or EdDSA.")
    var algorithm = KeyAlgorithm.hs256.rawValue

    @Option(help: "Set JWT_SECRET in this file.")
    var envFile: String?

    @Flag(help: "Replace a value that is already there.")
    var force = false

    @Flag(help: "Print the steps that make it a secret of a GitHub repository; the secret itself is not made yet.")
    var github = false

    func validate() throws {
        guard let keyAlgorithm else {
            throw ValidationError(
                "--algorithm is one of \(KeyAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        if !keyAlgorithm.isSymmetric, bytes != nil || github {
            throw ValidationError("--bytes and --github go with the algorithms HS256, HS384 and HS512.")
        }
        guard (32...1024).contains(byteCount) else {
            throw ValidationError("--bytes is from 32 (the minimum of RFC 7518 §3.2 for HS256) to 1024.")
        }
        guard (byteCount * 4 + 2) / 3 >= keyAlgorithm.minimumKeyBytes else {
            throw ValidationError(
                "--bytes \(byteCount) makes a text of less than the \(keyAlgorithm.minimumKeyBytes) bytes that"
                    + " \(algorithm) needs (RFC 7518 §3.2).")
        }
        if force, envFile == nil { throw ValidationError("--force goes with --env-file.") }
    }

    private var keyAlgorithm: KeyAlgorithm? { KeyAlgorithm(rawValue: algorithm) }
    /// As text a secret is a third longer, which 48 bytes need for none of the hashes.
    private var byteCount: Int { bytes ?? 48 }

    func run(in context: CommandContext) async throws(CommandFailure) {
        if github { return Self.printSteps(bytes: byteCount, envFile: envFile, on: context.console) }
        let (value, kid) = try newValue(in: context)
        guard let envFile else { return context.console.out(value) }
        let file = EnvFile(path: context.absolute(envFile))
        // Single quotes: what is between them is taken as it is, by compose and by shells.
        try file.set("JWT_SECRET", to: value.hasPrefix("{") ? "'\(value)'" : value, replacing: force)
        context.console.out("kid \(kid)")
        context.say("JWT_SECRET set in \(file.path) (mode 0600)")
    }

    /// A raw secret, or a ring of one private key, as text.
    private func newValue(in context: CommandContext) throws(CommandFailure) -> (String, KeyID) {
        guard let keyAlgorithm, !keyAlgorithm.isSymmetric else {
            let secret = Base64URL.encode(context.randomBytes(byteCount))
            return (secret, KeyID.derived(from: SecretBytes(utf8: secret)))
        }
        do throws(KeyMaterialFault) {
            let material = try KeyMaterial.generate(for: keyAlgorithm)
            let key = RingKey(
                id: .derived(from: material), algorithm: keyAlgorithm, material: material, state: .current)
            return (JWKSetWriter.ring([key]).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, key.id)
        } catch {
            throw CommandFailure(.unavailable, "no key of \(keyAlgorithm.rawValue) could be made: \(error)")
        }
    }

    /// Nothing here passes through a file, an argument or a log on its way to GitHub.
    private static func printSteps(bytes: Int, envFile: String?, on console: Console) {
        console.out("# 1. Make it and hand it to the repository; it is shown nowhere (gh reads standard input).")
        console.out("lockstep secret generate --bytes \(bytes) | gh secret set JWT_SECRET --env production")
        console.out("# 2. In the workflow, pass that one secret to every service that issues or verifies:")
        console.out("#      env: {JWT_SECRET: \"${{ secrets.JWT_SECRET }}\"}")
        console.out("# 3. For this machine make another one; environments never share a secret.")
        console.out("lockstep secret generate --env-file \(envFile ?? ".env")")
        console.out("# 4. See what the services load, by kid.")
        console.out("lockstep secret diagnose")
    }
}

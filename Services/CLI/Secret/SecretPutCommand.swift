import ArgumentParser
import Secrets

struct SecretPutCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Put a secret into a store: from standard input, a file, or a hidden prompt.",
        discussion: """
            A raw secret or a JWK Set; a line end behind it is not taken. It must pass the rules of the environment \
            (ENVIRONMENT; production where it is not set): no placeholder, long and strong enough. It is never an \
            argument, is never shown, and is read back and compared by its keys. Exit codes as for copy.

            Examples:
              lockstep secret generate | lockstep secret put gcp://acme/jwt-secret-production --from-stdin
              lockstep secret put vault://secret/lockstep#jwt --file ring.json
              lockstep secret put aws://eu-central-1/jwt
            """)

    @Argument(help: "The store.")
    var store: String

    @Flag(help: "Read it from standard input.")
    var fromStdin = false

    @Option(name: .customLong("file"), help: "Read it from this file.")
    var path: String?

    @Flag(help: "Replace another secret that lies there.")
    var replace = false

    @Option(help: "The compose file; .env is read from its folder.")
    var composeFile = "docker-compose.local.yml"

    @Option(help: "Another file than .env beside the compose file.")
    var envFile: String?

    func validate() throws {
        if fromStdin, path != nil { throw ValidationError("--from-stdin and --file exclude each other.") }
    }

    func run(in context: CommandContext) async throws(CommandFailure) {
        let place = try SecretPlace(store)
        var options = ProjectOptions()
        options.file = composeFile
        options.envFile = envFile
        let desk = try SecretDesk(Project.load(options, in: context), in: context)
        let value = StoredSecret(current: SecretBytes(try input(context)))
        let document = try desk.document(value, "what was given")
        let written = try await desk.write(
            SecretReplication.writable(document), to: place, replacing: replace)
        let kids = SecretComparison.shown(document.keys).joined(separator: ", ")
        switch written {
        case .written: context.console.out("\(place.label): written, and read back alike: \(kids)")
        case .already: context.console.out("\(place.label): holds it already: \(kids)")
        }
    }

    private func input(_ context: CommandContext) throws(CommandFailure) -> [UInt8] {
        let bytes: [UInt8]
        if fromStdin {
            bytes = context.console.input()
        } else if let path {
            guard let text = try Project.readText(context.absolute(path)) else {
                throw CommandFailure(.inputMissing, "\(context.absolute(path)) is not there")
            }
            bytes = Array(text.utf8)
        } else {
            guard let typed = context.console.hidden("Secret (not shown): ") else {
                throw CommandFailure(.usage, "there is no terminal to ask on; give --from-stdin or --file")
            }
            bytes = typed
        }
        guard !bytes.allSatisfy({ $0 == 0x0A || $0 == 0x0D }) else {
            throw CommandFailure(.usage, "nothing was given; nothing was written")
        }
        return bytes
    }
}

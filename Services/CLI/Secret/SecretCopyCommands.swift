import ArgumentParser
import Secrets

struct SecretCopyCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Copy a secret from one place to a store, and prove that it arrived.",
        discussion: """
            FROM is a store's reference or env:NAME; TO is a store. What is copied must pass the rules of the \
            environment (ENVIRONMENT; production where it is not set). It is read back and compared by its keys; only \
            kids are shown. Exit 0 when TO holds it, 66 when nothing lies in FROM, 69 when a store can't be asked or was \
            changed meanwhile, 78 when the value is no usable key or TO holds another one.

            Examples:
              lockstep secret copy env:JWT_SECRET gcp://acme/jwt-secret-production
              lockstep secret copy aws://eu-central-1/jwt aws://us-east-1/jwt --replace
            """)

    @Argument(help: "Where it lies: a store's reference or env:NAME.")
    var from: String

    @Argument(help: "The store that is to hold it.")
    var to: String

    @Flag(help: "Replace another secret that lies there.")
    var replace = false

    @OptionGroup var project: ProjectOptions

    func run(in context: CommandContext) async throws(CommandFailure) {
        try await SecretReplication.run(
            from: from, to: [to], replacing: replace, desk: SecretDesk(Project.load(project, in: context), in: context),
            console: context.console)
    }
}

struct SecretReplicateCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "replicate", abstract: "Copy a secret to several stores or regions, each read back and compared.",
        discussion: """
            As copy, to each TO in turn. One that fails does not stop the others; the exit code is then that of the \
            first that failed. Running it again does what is left: a store that holds the secret already is not written.

            Example:
              lockstep secret replicate aws://eu-central-1/jwt aws://us-east-1/jwt aws://ap-south-1/jwt
            """)

    @Argument(help: "Where it lies: a store's reference or env:NAME.")
    var from: String

    @Argument(help: "The stores that are to hold it.")
    var to: [String]

    @Flag(help: "Replace another secret that lies there.")
    var replace = false

    @OptionGroup var project: ProjectOptions

    func run(in context: CommandContext) async throws(CommandFailure) {
        try await SecretReplication.run(
            from: from, to: to, replacing: replace, desk: SecretDesk(Project.load(project, in: context), in: context),
            console: context.console)
    }
}

enum SecretReplication {
    static func run(
        from: String, to targets: [String], replacing: Bool, desk: SecretDesk, console: Console
    ) async throws(CommandFailure) {
        let source = try SecretPlace(from)
        // All arguments are read before anything is written.
        var places: [SecretPlace] = []
        for target in targets { places.append(try SecretPlace(target)) }
        let found = try await desk.require(source)
        let document = try desk.document(found.stored, source.label)
        let kids = SecretComparison.shown(document.keys).joined(separator: ", ")
        console.out("\(source.label): \(kids)")
        let value = try writable(document)
        var first: CommandFailure?
        for place in places {
            do throws(CommandFailure) {
                switch try await desk.write(value, to: place, replacing: replacing) {
                case .written: console.out("\(place.label): written, and read back alike")
                case .already: console.out("\(place.label): holds it already")
                }
            } catch {
                first = first ?? error
                if places.count > 1 { console.out("\(place.label): failed") }
                if places.count > 1, first != error { for line in error.lines { console.err("lockstep: \(line)") } }
            }
        }
        if let first { throw first }
    }

    /// The value in its own layout, without line ends and without what a store keeps twice.
    static func writable(_ document: RingDocument) throws(CommandFailure) -> StoredSecret {
        do throws(SecretError) {
            return try document.stored()
        } catch {
            throw CommandFailure(error)
        }
    }
}

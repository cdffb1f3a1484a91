import ArgumentParser
import Secrets

struct RotateRun: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "All steps in a row, with waiting; goes on with a rotation that is under way.")

    @OptionGroup var places: RotatePlaces
    @OptionGroup var step: RotateStep
    @OptionGroup var key: RotateKey

    @Flag(help: "The current key is known to somebody: a new one signs at once, and nothing signed before is accepted.")
    var compromised = false

    @Flag(help: "Do not ask.")
    var yes = false

    func run(in context: CommandContext) async throws(CommandFailure) {
        let desk = try RotateDesk(places, in: context)
        if compromised { try RotateConfirmation.ask(context, yes: yes) }
        try await desk.drive(compromised ? .compromised : .run, step: step, key: key, waits: true)
    }
}

struct RotateBegin: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "begin", abstract: "Put a new key beside the current one; it verifies and does not sign.")

    @OptionGroup var places: RotatePlaces
    @OptionGroup var step: RotateStep
    @OptionGroup var key: RotateKey

    func run(in context: CommandContext) async throws(CommandFailure) {
        try await RotateDesk(places, in: context).drive(.begin, step: step, key: key)
    }
}

struct RotatePromote: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Let the new key sign, if every live replica holds it; else name who does not.")

    @OptionGroup var places: RotatePlaces
    @OptionGroup var step: RotateStep

    func run(in context: CommandContext) async throws(CommandFailure) {
        try await RotateDesk(places, in: context).drive(.promote, step: step)
    }
}

struct RotateFinish: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "finish", abstract: "Remove the old key, if no token of it can still be valid; else say when.")

    @OptionGroup var places: RotatePlaces
    @OptionGroup var step: RotateStep

    func run(in context: CommandContext) async throws(CommandFailure) {
        try await RotateDesk(places, in: context).drive(.finish, step: step)
    }
}

struct RotateRollback: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Take the rotation under way back, until finish.",
        discussion: """
            Before the promotion the new key is removed. After it the old key signs again, and the new one goes when \
            the last token of it has expired: with --timeout this waits for that, else call it again.
            """)

    @OptionGroup var places: RotatePlaces
    @OptionGroup var step: RotateStep

    func run(in context: CommandContext) async throws(CommandFailure) {
        try await RotateDesk(places, in: context).drive(.rollback, step: step)
    }
}

enum RotateConfirmation {
    static let consequences = [
        "A new key signs at once, and the current one is revoked:",
        "  every access token signed before stops being valid, at each replica as soon as it reads the store;",
        "  clients get 401 until they refresh; who has no refresh token logs in again;",
        "  until all replicas have read the store, new tokens are refused by those that have not.",
    ]

    static func ask(_ context: CommandContext, yes: Bool) throws(CommandFailure) {
        for line in consequences { context.say(line) }
        if yes { return }
        guard let typed = context.console.hidden("Type yes to go on (not shown): ") else {
            throw CommandFailure(.usage, "there is no terminal to ask on; give --yes. Nothing was written")
        }
        guard String(decoding: typed, as: UTF8.self) == "yes" else {
            throw CommandFailure(.negative, "not confirmed; nothing was written")
        }
    }
}

import ArgumentParser
import Check
import Evidence
import Foundation
import Manifests

struct InitCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Find who issues and who verifies tokens here, and write lockstep.yaml.",
        discussion: """
            Reads the repository as `lockstep check` does, shows which services take part in tokens and by what that is \
            known, asks about those of which nothing tells whether they sign, and writes lockstep.yaml, which makes \
            every later check a declaration rather than evidence.

            Examples:
              lockstep init
              lockstep init --yes ../shop
            """)

    @Argument(help: "The repository; the working folder without it.")
    var path: String?

    @Flag(name: .shortAndLong, help: "Ask nothing: who is named like an issuer (auth, portal, login…) signs.")
    var yes = false

    @Flag(help: "Write over a lockstep.yaml that is there.")
    var force = false

    func run(in context: CommandContext) async throws(CommandFailure) {
        let root = context.absolute(path ?? ".")
        let target = root + "/" + CheckSettings.fileName
        if !force, FileManager.default.fileExists(atPath: target) {
            throw CommandFailure(.usage, "\(target) is there already; edit it, or write over it with --force")
        }
        let scope = try await CheckScope.of([root], since: nil, in: context)
        let result = Checker(scope.tree).run()
        for unread in result.unread { context.say("not read: \(unread.position): \(unread.reason)") }
        var plan = InitPlan(result)
        guard !plan.services.isEmpty else {
            throw CommandFailure(
                .negative,
                """
                nothing in \(root) is given a signing secret, or signs or verifies tokens in a way that is understood; \
                lockstep.yaml can be written by hand (docs/CHECK.md)
                """)
        }
        show(plan, context)
        if yes { plan.guess() } else { try ask(&plan, context) }
        for family in plan.lonely {
            throw CommandFailure(
                .negative, "nobody signs, or nobody verifies \(family) tokens, by these answers; nothing is written")
        }
        try CheckCommand.write(plan.yaml, to: target)
        context.say("wrote \(target)")
    }

    private func show(_ plan: InitPlan, _ context: CommandContext) {
        for service in plan.services {
            let role =
                switch (service.signs, service.verifies) {
                case (true, true): "signs and verifies"
                case (true, _): "signs"
                case (false, true), (nil, true): "verifies"
                default: "holds the key"
                }
            let more = service.stacks.count > 3 ? " and \(service.stacks.count - 3) more" : ""
            let stacks = service.stacks.prefix(3).joined(separator: ", ") + more
            context.console.out("\(service.name): \(role) \(service.family) tokens; \(service.evidence) (\(stacks))")
        }
    }

    private func ask(_ plan: inout InitPlan, _ context: CommandContext) throws(CommandFailure) {
        for index in plan.questions {
            let name = plan.services[index].name
            guard let answer = context.console.ask("Does \(name) sign tokens? [y/N] ") else {
                throw CommandFailure(
                    .usage, "somebody must say whether \(name) signs tokens: answer on a terminal, or use --yes")
            }
            plan.services[index].signs = ["y", "yes"].contains(answer.lowercased())
        }
    }
}

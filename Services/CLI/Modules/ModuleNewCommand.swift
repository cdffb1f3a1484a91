import ArgumentParser
import Foundation

struct ModuleNewCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Write a working module of the plant, and its test.",
        discussion: """
            Makes Services/Plant/Modules/NAME and Tests/NAMETests, and adds the module to Package.swift, to PlantMain and \
            to scripts/arrows.txt. What it makes serves at once: one resource with a permission to see it and one to \
            change it. docs/MODULES.md tells how to go on.

            Examples:
              lockstep module new Irrigation
              lockstep module new WaterStore --directory ../lockstep
            """)

    @Argument(help: "In camel case: Irrigation, WaterStore.")
    var name: String

    @Option(help: "The repository; the working folder without it.")
    var directory: String?

    func run(in context: CommandContext) async throws(CommandFailure) {
        let root = context.absolute(directory ?? ".")
        let plan: ModulePlan
        do throws(ModulePlan.Fault) {
            plan = try ModulePlan(name: name) { path in
                FileManager.default.contents(atPath: "\(root)/\(path)").map { String(decoding: $0, as: UTF8.self) }
            }
        } catch {
            throw CommandFailure(.usage, error.description)
        }
        for (path, text) in plan.files {
            do {
                let url = URL(fileURLWithPath: "\(root)/\(path)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url, options: .atomic)
            } catch {
                throw CommandFailure(
                    .unavailable, "\(path) can't be written: \(error.localizedDescription)",
                    "what was written before it stands; run the command again once the folder can be written to")
            }
            context.say("wrote \(path)")
        }
        context.console.out("swift build && swift test --filter \(name)Tests")
    }
}

import ArgumentParser
import Foundation
import Manifests
import Render

/// `lockstep render`: from `infrastructure.yaml` to the manifests of one target.
struct RenderCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Write the manifests of a target from infrastructure.yaml.",
        discussion: """
            Every service that signs or verifies tokens is given the one signing secret, in the one version, that \
            infrastructure.yaml declares; a declaration in which two differ is not rendered. The same declaration gives \
            the same bytes.

            Without --out the files go to stdout, in the order in which they are to be applied, each behind a line that \
            names it. With --out they are written into that folder, each at once, and what was written is said. With \
            --check nothing is written: exit 1, and the names, where the folder holds something else.

            Examples:
              lockstep render kubernetes --env production --out deploy/kubernetes/production
              lockstep render kubernetes --env staging | kubectl apply -f -
              lockstep render cloud-run --env staging --out deploy/cloud-run/staging --check
            """)

    @Argument(help: "cloud-run, kubernetes, ecs, compose or github (the workflow that deploys).")
    var target: RenderTarget

    @Option(name: [.customLong("env"), .customLong("environment")], help: "The environment, as the file names it.")
    var environment: String

    @Option(name: [.short, .long], help: "The declaration.")
    var file = RenderPlan.usualFile

    @Option(help: "The folder to write into; stdout without it.")
    var out: String?

    @Flag(help: "Compare what stands in --out, and write nothing.")
    var check = false

    func validate() throws {
        if check, out == nil { throw ValidationError("--check compares a folder; name it with --out") }
    }

    func run(in context: CommandContext) async throws(CommandFailure) {
        let path = context.absolute(file)
        guard let text = try Project.readText(path) else {
            throw CommandFailure(.inputMissing, "\(path) is not there; name the declaration with --file")
        }
        let files: [RenderedFile]
        do throws(ManifestFaults) {
            let declaration = try Declaration.read(text, file: file)
            files = try Rendering.files(for: target, environment: environment, from: declaration)
        } catch {
            throw CommandFailure(error)
        }
        guard let out else { return print(files, on: context.console) }
        let folder = RenderedFolder(context.absolute(out), files: files)
        if check { try compare(folder, named: out, in: context) } else { try write(folder, named: out, in: context) }
    }

    private func print(_ files: [RenderedFile], on console: Console) {
        for file in files where file.isDocument {
            // A document of its own in a stream; the JSON files are YAML too.
            console.out("# file: \(file.path)")
            if !file.text.hasPrefix("#") { console.out("---") }
            console.out(String(file.text.dropLast()))
        }
    }

    private func write(_ folder: RenderedFolder, named out: String, in context: CommandContext) throws(CommandFailure) {
        let written: [String]
        do {
            written = try folder.write()
        } catch {
            throw CommandFailure(.unavailable, "can't write into \(out): \(error.localizedDescription)")
        }
        for path in written { context.console.out("wrote \(out)/\(path)") }
        if written.isEmpty { context.console.out("\(out) is current: nothing to write") }
        for case .leftOver(let path) in folder.differences {
            context.say("warning: \(out)/\(path) was rendered once and is no more; remove it")
        }
    }

    private func compare(_ folder: RenderedFolder, named out: String, in context: CommandContext) throws(CommandFailure)
    {
        let differences = folder.differences
        guard !differences.isEmpty else { return context.console.out("\(out) is current") }
        for difference in differences {
            switch difference {
            case .missing(let path): context.console.out("\(out)/\(path) is missing")
            case .stale(let path): context.console.out("\(out)/\(path) is stale")
            case .leftOver(let path): context.console.out("\(out)/\(path) is rendered no more; remove it")
            }
        }
        let other = file == RenderPlan.usualFile ? "" : " --file \(file)"
        throw CommandFailure(
            .negative, "render again: lockstep render \(target.rawValue) --env \(environment)\(other) --out \(out)")
    }
}

extension RenderTarget: ExpressibleByArgument {}

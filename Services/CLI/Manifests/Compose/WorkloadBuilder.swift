import Evidence

/// A merged service as a workload: every variable that reaches it, with precedence applied (compose documentation,
/// "Environment variables precedence": the command line of the container, `environment`, `env_file`, the image).
struct WorkloadBuilder {
    let project: ComposeProject
    let loader: ComposeLoader
    private let names: Set<String>

    init(_ project: ComposeProject, loader: ComposeLoader) {
        self.project = project
        self.loader = loader
        names = Set(project.services.map(\.draft.name))
    }

    func workload(_ draft: ServiceDraft, scope: VariableScope) -> Workload {
        var workload = Workload(draft.name, at: draft.position)
        workload.gaps = draft.gaps
        workload.image = draft.image
        var layers: [Assignment] = []
        for volume in draft.volumes { layers += variables(of: volume, scope: scope, into: &workload) }
        if let build = draft.build { layers += image(build, into: &workload) }
        for use in draft.environmentFiles { layers += variables(of: use, scope: scope, into: &workload) }
        apply(layers + draft.environment, to: &workload)
        workload.mounts = mounts(of: draft, assignments: workload.assignments)
        readCommand(of: draft, into: &workload)
        if workload.sourceDirectory == nil { workload.sourceDirectory = mountedSource(of: draft) }
        workload.neighbours = neighbours(of: draft, assignments: workload.assignments)
        return workload
    }

    private func apply(_ assignments: [Assignment], to workload: inout Workload) {
        var index: [String: Int] = [:]
        for (position, known) in workload.assignments.enumerated() { index[known.name] = position }
        for assignment in assignments {
            if let known = index[assignment.name] {
                workload.overridden.append(workload.assignments[known])
                workload.assignments[known] = assignment
            } else {
                index[assignment.name] = workload.assignments.count
                workload.assignments.append(assignment)
            }
        }
    }

    // MARK: image and files

    private func image(_ build: ServiceDraft.Build, into workload: inout Workload) -> [Assignment] {
        guard !build.isElsewhere else { return [] }
        let context = build.context ?? build.folder
        workload.sourceDirectory = context
        let dockerfile: Dockerfile
        if let inline = build.inline {
            dockerfile = Self.shifted(
                DockerfileReader.read(inline.text, file: inline.position.file), to: inline.position)
        } else {
            let path = SourceTree.resolve(build.dockerfile ?? "Dockerfile", in: context)
            guard let path, let read = loader.dockerfile(path) else { return [] }
            workload.dockerfile = path
            workload.sourceDirectory = Self.sourceFolder(context: context, dockerfile: path)
            dockerfile = read
        }
        var arguments: [String: BoundValue] = [:]
        for argument in build.arguments { arguments[argument.name] = argument.value }
        let evaluation = DockerfileEvaluation(dockerfile, arguments: arguments) { .opaque("build argument \($0)") }
        return evaluation.environment(of: build.target)
    }

    /// A context that is shared by several images says less than the folder of the Dockerfile does.
    private static func sourceFolder(context: String, dockerfile: String) -> String {
        let folder = SourceTree.folder(of: dockerfile)
        guard folder != context, context.isEmpty || folder.hasPrefix(context + "/") else { return context }
        let holdsImagesOnly: Set<Substring> = [
            "docker", ".docker", "dockerfiles", "deploy", "deployment", "build", "infra", "ops", "images", "ci",
            "containers",
        ]
        let parts = folder.split(separator: "/")
        return parts.contains { holdsImagesOnly.contains($0) } ? context : folder
    }

    /// A block's first line stands below its key.
    private static func shifted(_ dockerfile: Dockerfile, to start: SourcePosition) -> Dockerfile {
        var result = dockerfile
        func moved(_ settings: [Dockerfile.Setting]) -> [Dockerfile.Setting] {
            settings.map {
                .init(
                    kind: $0.kind, name: $0.name, template: $0.template,
                    position: SourcePosition(file: start.file, line: start.line + $0.position.line))
            }
        }
        result.globals = moved(result.globals)
        for index in result.stages.indices { result.stages[index].settings = moved(result.stages[index].settings) }
        return result
    }

    private func variables(
        of use: ServiceDraft.EnvironmentFileUse, scope: VariableScope, into workload: inout Workload
    ) -> [Assignment] {
        guard let path = use.path else {
            workload.gaps.append(Gap("env_file \(use.spelled) is not in the tree", at: use.position))
            return []
        }
        if let file = loader.environmentFile(path, isRaw: use.isRaw, scope: scope) { return file.assignments }
        let reason = use.isRequired ? "is not in the tree" : "is not in the tree, and may be absent"
        workload.gaps.append(
            Gap(
                "env_file \(use.spelled) \(reason)", at: use.position,
                example: EnvironmentFileName.example(beside: path, in: loader.tree)))
        return []
    }

    /// `./.env:/app/.env`: the program reads the file by itself, for what its environment does not have.
    private func variables(
        of volume: ServiceDraft.Volume, scope: VariableScope, into workload: inout Workload
    ) -> [Assignment] {
        guard case .path(let path) = volume.source, EnvironmentFileName.isEnvironmentFile(path),
            EnvironmentFileName.isEnvironmentFile(volume.target)
        else { return [] }
        if let file = loader.environmentFile(path, isRaw: false, scope: scope) { return file.assignments }
        workload.gaps.append(
            Gap(
                "\(path), which is mounted, is not in the tree", at: volume.position,
                example: EnvironmentFileName.example(beside: path, in: loader.tree)))
        return []
    }

    // MARK: values in files

    private func mounts(of draft: ServiceDraft, assignments: [Assignment]) -> [SecretMount] {
        var mounts = draft.grants.map { grant in
            let store = grant.isSecret ? project.secrets[grant.source] : project.configs[grant.source]
            let value = store?.value ?? .reference(SecretReference(.compose, grant.source))
            return SecretMount(grant.target, value, at: grant.position)
        }
        guard !draft.volumes.isEmpty else { return mounts }
        // A file of settings that is put in the place of the image's own
        for volume in draft.volumes {
            guard case .path(let source) = volume.source,
                [".yml", ".yaml", ".json", ".properties", ".toml", ".conf"].contains(where: volume.target.hasSuffix)
            else { continue }
            mounts.append(
                SecretMount(volume.target, .reference(SecretReference(.file, source)), at: volume.position))
        }
        // Of what else volumes bring, only the files that a variable names are of interest.
        for assignment in assignments {
            guard let path = assignment.value.literal, path.hasPrefix("/"), path.utf8.count < 4096 else { continue }
            for volume in draft.volumes where path == volume.target || path.hasPrefix(volume.target + "/") {
                let rest = String(path.dropFirst(volume.target.count))
                mounts.append(SecretMount(path, value(of: volume.source, rest: rest), at: volume.position))
            }
        }
        return mounts
    }

    private func value(of source: ServiceDraft.Volume.Source, rest: String) -> BoundValue {
        switch source {
        case .named(let name): return .reference(SecretReference(.file, "volume \(name)\(rest)"))
        case .path(let folder):
            let path = folder.isEmpty ? String(rest.dropFirst()) : folder + rest
            guard loader.tree.contains(path), let text = try? loader.tree.text(path) else {
                return .reference(SecretReference(.file, path))
            }
            return .literal(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
    }

    /// The sources of a service that runs a stock image over a mounted folder.
    private func mountedSource(of draft: ServiceDraft) -> String? {
        guard let folder = draft.workingDirectory, draft.build == nil else { return nil }
        for volume in draft.volumes {
            guard case .path(let source) = volume.source, !source.hasPrefix("/"), !source.hasPrefix("~") else {
                continue
            }
            if folder == volume.target { return source }
            if folder.hasPrefix(volume.target + "/") {
                return SourceTree.normal(source + folder.dropFirst(volume.target.count))
            }
        }
        return nil
    }

    // MARK: command and neighbours

    private func readCommand(of draft: ServiceDraft, into workload: inout Workload) {
        var line = ContainerCommand()
        for command in [draft.entrypoint, draft.command] { if let command { line.add(command) } }
        workload.command = line.shown
        let found = line.assignments { name in
            workload[name]?.value
        } mount: { path in
            workload.mounts.first { $0.path == path }?.value
        }
        apply(found, to: &workload)
    }

    /// Services that it depends on, or that one of its variables names as a host.
    private func neighbours(of draft: ServiceDraft, assignments: [Assignment]) -> [String] {
        var seen: Set<String> = [draft.name]
        var neighbours = draft.neighbours.filter { seen.insert($0).inserted }
        for assignment in assignments {
            guard let text = assignment.value.likely, text.utf8.count < 4096 else { continue }
            for host in ComposeHosts.found(in: text) where names.contains(host) && seen.insert(host).inserted {
                neighbours.append(host)
            }
        }
        return neighbours
    }
}

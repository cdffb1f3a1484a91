package import Evidence

/// Reads the compose files of any repository: what each service of each stack is given, as compose would give it
/// (compose specification; docker compose's documentation of variables, merging, profiles and `env_file`).
///
/// Lenient where `ComposeReader` is strict, which runs what it reads: here a fault names itself and the rest is read.
package struct ComposeManifests: ManifestReader {
    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        if ComposeShape.isNamedSo(path) { return true }
        guard ComposeShape.mayBeNamed(path), let text = text() else { return false }
        return ComposeShape.mayBe(text)
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        let loader = ComposeLoader(tree: tree)
        var facts: [String: ComposeFacts] = [:]
        for path in paths {
            guard let root = loader.root(of: path),
                let services = ComposeShape.services(of: root, isNamed: ComposeShape.isNamedSo(path))
            else { continue }
            facts[path] = ComposeFacts(root, services: services, file: path)
        }
        guard !facts.isEmpty else { return reading(of: [], loader: loader) }
        for part in facts.values.flatMap(\.parts) { facts[part]?.isPart = true }
        let plan = ComposePlan(facts, tree: tree) { folder in
            loader.scope(of: [ComposeLoader.path(".env", in: folder)])
        }
        return reading(of: plan.combinations, loader: loader)
    }

    private func reading(of combinations: [ComposePlan.Combination], loader: ComposeLoader) -> ManifestReading {
        var reading = ManifestReading()
        var loose = LooseValues()
        for combination in combinations {
            let stacks = ComposeStacks(combination, loader: loader)
            reading.stacks += stacks.stacks
            loose.add(stacks.project)
        }
        reading.loose = loose.bindings
        reading.unread = loader.unread
        return reading
    }
}

/// What compose files show outside of services, once each: arguments of builds, and files that are secrets.
private struct LooseValues {
    private(set) var bindings: [LooseBinding] = []
    private var seen: Set<LooseBinding> = []

    mutating func add(_ project: ComposeProject) {
        for (draft, _) in project.services {
            for argument in draft.build?.arguments ?? [] {
                add(LooseBinding(argument.name, argument.value, in: .buildArgument, at: argument.position))
            }
        }
        for (name, store) in project.secrets.sorted(by: { $0.key < $1.key }) {
            guard let file = store.file else { continue }
            // `jwt` may be anything; `secrets/jwt_secret.txt` says what it is.
            let stem = String(SourceTree.name(of: file).prefix { $0 != "." })
            let said = SigningSecretName.isOfInterest(stem) && !SigningSecretName.isOfInterest(name) ? stem : name
            add(LooseBinding(said, store.value, in: .environmentFile, at: SourcePosition(file: file, line: 1)))
        }
    }

    private mutating func add(_ binding: LooseBinding) {
        if seen.insert(binding).inserted { bindings.append(binding) }
    }
}

import Evidence

/// A pipeline's configuration: files merged, `extends` and `!reference` followed (GitLab CI/CD YAML syntax reference).
struct GitLabPipeline {
    private static let extendsLimit = 11

    let tree: SourceTree
    let top: String
    private var members: [ManifestNode.Member] = []
    private var sources: [String: [Substring]] = [:]
    private var seen: Set<String> = []
    private(set) var reading = ManifestReading()

    init(tree: SourceTree, top: String) {
        self.tree = tree
        self.top = top
    }

    /// What a file says wins over what it includes.
    mutating func read(_ path: String, limit: Int) {
        guard seen.count < limit, seen.insert(path).inserted else { return }
        let file: WorkflowFile
        do throws(UnreadFile) {
            file = try WorkflowFile.read(path, in: tree)
        } catch {
            return reading.unread.append(error)
        }
        sources[path] = file.source
        let include = file.root["include"]
        for entry in include?.list ?? include.map({ [$0] }) ?? [] {
            let local = entry.scalar?.text ?? entry["local"]?.scalar?.text
            guard let local, !local.contains("://"), let target = SourceTree.normal(top + "/" + local),
                tree.contains(target)
            else { continue }
            read(target, limit: limit)
        }
        members = Self.merge(members, file.root.map ?? [])
    }

    /// Mappings are merged by key, all else is replaced.
    private static func merge(_ base: [ManifestNode.Member], _ own: [ManifestNode.Member]) -> [ManifestNode.Member] {
        var merged = base
        for member in own {
            guard let index = merged.firstIndex(where: { $0.key == member.key }) else {
                merged.append(member)
                continue
            }
            if let before = merged[index].value.map, let after = member.value.map {
                let value = ManifestNode(.map(merge(before, after)), at: member.value.position)
                merged[index] = .init(key: member.key, position: member.position, value: value)
            } else {
                merged[index] = member
            }
        }
        return merged
    }

    private static let reserved: Set<String> = [
        "stages", "variables", "include", "default", "workflow", "image", "services", "cache", "before_script",
        "after_script", "spec", "pages:deploy",
    ]

    mutating func evaluate(_ name: String) -> ManifestReading {
        let global = members.first { $0.key == "variables" }?.value
        let root = ManifestNode(.map(members), at: SourcePosition(file: name, line: 1))
        note(global)
        for member in members where !Self.reserved.contains(member.key) {
            guard member.value.map != nil else { continue }
            note(member.value["variables"])
            if member.key.hasPrefix(".") { continue }
            let job = extended(member.value, chain: [member.key])
            guard job["script"] != nil else { continue }
            let combinations = matrix(job)
            for combination in combinations.isEmpty ? [[]] : combinations {
                perform(member.key, job, root, global, combination, name)
            }
        }
        return reading
    }

    /// `parallel: matrix:` lists mappings whose values may be lists.
    private func matrix(_ job: ManifestNode) -> [[ManifestNode.Member]] {
        (job["parallel"]?["matrix"]?.list ?? []).flatMap { entry -> [[ManifestNode.Member]] in
            let lists = (entry.map ?? []).map { member in
                ManifestNode.Member(
                    key: member.key, position: member.position,
                    value: member.value.list != nil
                        ? member.value : ManifestNode(.list([member.value]), at: member.value.position))
            }
            return WorkflowMatrix.combinations(ManifestNode(.map(lists), at: entry.position))
        }
    }

    private func extended(_ job: ManifestNode, chain: [String]) -> ManifestNode {
        guard let extends = job["extends"], chain.count < Self.extendsLimit else { return job }
        var base: [ManifestNode.Member] = []
        for name in extends.names where !chain.contains(name) {
            guard let parent = members.first(where: { $0.key == name })?.value else { continue }
            base = Self.merge(base, extended(parent, chain: chain + [name]).map ?? [])
        }
        return ManifestNode(.map(Self.merge(base, job.map ?? [])), at: job.position)
    }

    private mutating func note(_ variables: ManifestNode?) {
        for member in variables?.map ?? [] {
            guard let text = (member.value.scalar ?? member.value["value"]?.scalar)?.text else { continue }
            let value = GitLabVariables.fill(text, [:], environment: nil)
            if DeliverySite.showsSecret(member.key, value) {
                reading.loose.append(LooseBinding(member.key, value, in: .workflow, at: member.position))
            }
        }
    }

    private mutating func perform(
        _ key: String, _ job: ManifestNode, _ root: ManifestNode, _ global: ManifestNode?,
        _ combination: [ManifestNode.Member], _ name: String
    ) {
        var values: [String: ShellVariable] = [:]
        for member in (global?.map ?? []) + (job["variables"]?.map ?? []) + combination {
            guard let text = (member.value.scalar ?? member.value["value"]?.scalar)?.text else { continue }
            values[member.key] = ShellVariable(
                value: .literal(text), position: member.position, isExported: true)
        }
        let environmentText = job["environment"]?.scalar?.text ?? job["environment"]?["name"]?.scalar?.text
        let environment = environmentText.flatMap { text in
            GitLabVariables.fill(text, values.mapValues(\.value), environment: nil).literal ?? text
        }
        // A variable may be made of others.
        for _ in 0..<4 {
            let known = values.mapValues(\.value)
            for (name, variable) in values {
                guard let text = variable.value.literal, text.contains("$") else { continue }
                // One that grows with each pass is made of itself.
                values[name]?.value =
                    text.utf8.count > 4096
                    ? .opaque("$\(name)") : GitLabVariables.fill(text, known, environment: environment)
            }
        }
        let site = DeliverySite(
            name: "\(name): \(key)",
            environment: environment.flatMap {
                StackEnvironment.named(by: $0, evidence: "environment of the job \(key) in \(name)")
            }, hints: Self.hints(key, job), tree: tree)
        let variables = ShellVariables(
            values, unset: { .reference(SecretReference(.gitlab, $0, scope: environment)) })
        var run = ShellRun(variables: variables, folder: top, files: ShellFiles(), site: site)
        var lines: [EmbeddedText.Line] = []
        for part in [
            job["before_script"] ?? root["default"]?["before_script"] ?? root["before_script"], job["script"],
            job["after_script"],
        ] {
            if let part { lines += scripts(part, root, depth: 0) }
        }
        run.run(EmbeddedText(lines: lines))
        var ended = WorkflowJob(
            scope: WorkflowScope(), site: site,
            file: WorkflowFile(path: name, root: root, source: [], checkoutFolder: top), files: [:], job: nil)
        ended.shellFiles = run.files
        ended.finish()
        reading.add(run.found)
        reading.add(ended.reading)
    }

    /// The lines of a script's entries; `!reference [job, script]` brings another's.
    private func scripts(_ node: ManifestNode, _ root: ManifestNode, depth: Int) -> [EmbeddedText.Line] {
        guard depth < 10 else { return [] }
        if node.tag == "!reference", let path = node.list {
            var target: ManifestNode? = root
            for part in path { target = part.scalar.flatMap { target?[$0.text] } }
            return target.map { scripts($0, root, depth: depth + 1) } ?? []
        }
        if let list = node.list { return list.flatMap { scripts($0, root, depth: depth + 1) } }
        guard node.scalar != nil else { return [] }
        return EmbeddedText(node, source: sources[node.position.file] ?? []).lines
    }

    private static func hints(_ key: String, _ job: ManifestNode) -> [(text: String, evidence: String)] {
        var hints: [(text: String, evidence: String)] = [(key, "the name of the job \(key)")]
        let only = job["only"]?.list ?? job["only"]?["refs"]?.list ?? []
        for branch in only.compactMap({ $0.scalar?.text }) { hints.append((branch, "the branch \(branch)")) }
        for rule in job["rules"]?.list ?? [] {
            guard let condition = rule["if"]?.scalar?.text, condition.contains("=="),
                let branch = condition.split(separator: "\"").dropFirst().first
            else { continue }
            hints.append((String(branch), "the branch \(branch)"))
        }
        return hints
    }
}

enum GitLabVariables {
    /// `$X` and `${X}` in a value; `$$` is a dollar sign.
    static func fill(_ text: String, _ known: [String: BoundValue], environment: String?) -> BoundValue {
        var value = BoundValue.empty
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            value = value + .literal(String(rest[..<dollar]))
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                value = value + .literal("$")
                rest.removeFirst()
                continue
            }
            let isBraced = rest.first == "{"
            let inner = isBraced ? rest.dropFirst() : rest
            let name = inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let after = inner[name.endIndex...]
            guard !name.isEmpty, !isBraced || after.first == "}" else {
                value = value + .literal("$")
                continue
            }
            value =
                value + (known[String(name)] ?? .reference(SecretReference(.gitlab, String(name), scope: environment)))
            rest = isBraced ? after.dropFirst() : after
        }
        return value + .literal(String(rest))
    }
}

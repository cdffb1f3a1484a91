import Evidence
import Secrets

/// What a workload's process would find: by the order and the defaults of its own code, or, for Lockstep's services, by
/// the very loader that they run.
struct WorkloadResolver {
    let workload: Workload
    let environment: DeploymentEnvironment?

    // MARK: by its own code

    func resolve(_ expression: KeyExpression) -> KeyOutcome {
        var names: [String] = []
        for alternative in expression.alternatives {
            switch alternative {
            case .variable(let name, let emptyCounts, _):
                names.append(name)
                if let key = given(name) {
                    if key.value.isEmpty {
                        if emptyCounts { continue }
                        // Present, so that no default counts, and no key.
                        return .missing(names: names)
                    }
                    return .key(key)
                }
                if let gap = workload.gaps.first { return .undetermined(gap.reason) }
            case .literal(let text, let position):
                if text.isEmpty { continue }
                if let mount = replacement(of: position.file) {
                    return .undetermined("\(mount.path) is mounted in the place of \(position.file)")
                }
                return .key(EffectiveKey(.literal(text), way: .codeDefault(position), name: names.last ?? ""))
            case .computed(let how, let inputs, let position):
                // What is made of a variable is as equal as the variable is; what is made of nothing, never.
                if let input = inputs.lazy.compactMap({ self.given($0) }).first, inputs.count == 1 {
                    return .key(
                        EffectiveKey(
                            BoundValue([.text("\(how) of ")] + input.value.pieces), way: input.way, name: inputs[0]))
                }
                return .key(EffectiveKey(.opaque("\(how) at \(position)"), way: .computed(position), name: ""))
            case .loader(let spelling, _) where Self.isSetting(spelling, of: names):
                return .open(names: expression.knownVariables, setting: spelling)
            case .loader(let spelling, let position):
                return .undetermined("\(spelling) at \(position) loads it")
            case .asymmetric: return .asymmetric
            }
        }
        return .missing(names: expression.knownVariables)
    }

    /// `jwt.secret` behind `JWT_SECRET`, `Jwt:Key` behind `Jwt__Key`: the setting itself, from wherever it comes.
    private static func isSetting(_ spelling: String, of names: [String]) -> Bool {
        let setting = CodeKeys.letters(of: spelling)
        return names.contains { CodeKeys.letters(of: $0) == setting }
    }

    /// What is mounted where a file of settings lies in the image.
    private func replacement(of file: String) -> SecretMount? {
        let name = SourceTree.name(of: file)
        let endings = [".yml", ".yaml", ".properties", ".json", ".toml", ".conf"]
        guard endings.contains(where: name.hasSuffix) else { return nil }
        let folder = SourceTree.name(of: SourceTree.folder(of: file))
        return workload.mounts.first { mount in
            if mount.value.reference?.name == file { return false }
            let last = SourceTree.name(of: mount.path)
            return mount.isFolder
                ? last == folder || ["config", "configs", "conf", "etc"].contains(last) : last == name
        }
    }

    /// By a variable, or by the file that `NAME_FILE` names.
    func given(_ name: String) -> EffectiveKey? {
        if let assignment = workload[name] {
            // Code that opens the file itself reads the variable with the path.
            if name.hasSuffix("_FILE"), let path = assignment.value.literal, path.hasPrefix("/") {
                return key(in: assignment, path: path)
            }
            return EffectiveKey(assignment.value, way: .variable(assignment), name: name)
        }
        guard let file = workload[name + "_FILE"], let path = file.value.literal else { return nil }
        return key(in: file, path: path)
    }

    /// The variable says the path; what decides over the key is what is mounted there.
    private func key(in file: Assignment, path: String) -> EffectiveKey {
        let assignment = Assignment(
            file.name, file.value, at: file.position, origin: file.origin,
            valueAt: mount(of: path)?.position ?? file.valuePosition)
        return EffectiveKey(content(of: path), way: .variable(assignment), name: file.name)
    }

    /// What brings the file at a path of the container.
    private func mount(of path: String) -> SecretMount? {
        workload.mounts.first { !$0.isFolder && $0.path == path }
            ?? workload.mounts.first { $0.isFolder && path.hasPrefix($0.path + "/") }
    }

    private func content(of path: String) -> BoundValue {
        if let mount = mount(of: path) {
            guard mount.isFolder else { return mount.value }
            let key = path.dropFirst(mount.path.count + 1)
            if let place = mount.value.reference {
                return .reference(
                    SecretReference(
                        place.store, place.name + "#" + key, version: place.version, scope: place.scope))
            }
        }
        return .reference(SecretReference(.file, path, scope: workload.name))
    }

    // MARK: Lockstep's own services

    /// The chain itself, over what the manifest binds its names to.
    ///
    /// A name that is only passed on from the host (`JWT_SECRET_KEY:` in compose) is there when somebody sets it, and is
    /// left out, unless nothing else is given.
    func resolveOwn() -> KeyOutcome {
        let certain = workload.assignments.filter { !Self.isPassedOn($0) || $0.name == SecretNames.primary }
        let outcome = resolveOwn(certain)
        guard case .missing = outcome else { return outcome }
        let chain = Set([SecretNames.scoped(to: environment ?? .production)] + SecretNames.shared)
        return resolveOwn(workload.assignments.filter { !Self.isPassedOn($0) || chain.contains($0.name) })
    }

    static func isPassedOn(_ assignment: Assignment) -> Bool {
        assignment.value == .reference(SecretReference(.variable, assignment.name))
    }

    private func resolveOwn(_ assignments: [Assignment]) -> KeyOutcome {
        var bindings: [String: SecretBinding] = [:]
        for assignment in assignments { bindings[assignment.name] = Self.binding(assignment.value) }
        do throws(SecretError) {
            let plan = try SecretPlan(variables: bindings, environment: environment ?? .production)
            var found: [String: SourceReading] = [:]
            for candidate in plan.candidates {
                if case .file(let path) = candidate.place {
                    found[candidate.id] = Self.reading(content(of: path))
                } else if candidate.kind == .store {
                    found[candidate.id] = .reference(candidate.label)
                }
            }
            let algorithm = workload["JWT_ALGORITHM"]?.value.literal.flatMap(KeyAlgorithm.init) ?? .hs256
            return outcome(try SecretResolution.resolve(plan, readings: found, algorithm: algorithm))
        } catch {
            guard error.code == "secret_required" else { return .refused(code: error.code, message: error.message) }
            return workload.gaps.first.map { .undetermined($0.reason) } ?? .missing(names: [SecretNames.primary])
        }
    }

    private func outcome(_ resolution: SecretResolution) -> KeyOutcome {
        guard let winner = resolution.winner else {
            if resolution.keys.isEmpty { return .asymmetric }
            return .key(
                EffectiveKey(.opaque("development fallback"), way: .developmentFallback, name: SecretNames.primary))
        }
        if let key = given(winner.name) { return .key(key) }
        if let assignment = workload[winner.id] ?? workload[SecretNames.store] ?? workload[SecretNames.project] {
            return .key(
                EffectiveKey(
                    .reference(SecretReference(.platform, winner.label)), way: .variable(assignment), name: winner.name)
            )
        }
        return .undetermined("the source of \(winner.label) is not in the files")
    }

    /// A default stands for the text that is there while the host sets nothing; every other reference is one value that
    /// nobody reads here.
    private static func binding(_ value: BoundValue) -> SecretBinding {
        if let text = value.literal { return .literal(SecretBytes(utf8: text)) }
        if let word = value.fallback?.literal, !word.isEmpty { return .literal(SecretBytes(utf8: word)) }
        return .reference(value.shown)
    }

    private static func reading(_ value: BoundValue) -> SourceReading {
        if let text = value.literal { return .found(SecretBytes(utf8: text), revision: "") }
        return .reference(value.shown)
    }
}

import Evidence
package import Manifests

/// Turns a compose file into what runs here: pure but for `search`, which looks for executables.
package struct PlanBuilder {
    let compose: ComposeFile
    let search: ExecutableSearch
    /// `PATH`, `HOME`, `TMPDIR` and the like: what a process gets besides what compose gives it.
    let inherited: [String: String]
    let profiles: Set<String>
    private let addresses: AddressBook
    private var faults: [ManifestFault] = []
    private var warnings: [ManifestFault] = []
    private var folders: [String] = []

    /// Names that are passed on from the shell; everything else of it stays out, as it does with containers.
    package static let inheritedNames = ["HOME", "PATH", "TMPDIR"]

    /// Throws `ManifestFaults`, or `CommandFailure` for executables that are not there.
    package static func plan(
        _ compose: ComposeFile, search: ExecutableSearch, inherited: [String: String], profiles: Set<String> = []
    ) throws -> StackPlan {
        var builder = PlanBuilder(compose, search: search, inherited: inherited, profiles: profiles)
        return try builder.plan()
    }

    private init(
        _ compose: ComposeFile, search: ExecutableSearch, inherited: [String: String], profiles: Set<String>
    ) {
        self.compose = compose
        self.search = search
        self.inherited = inherited
        self.profiles = profiles
        self.addresses = AddressBook(compose.services)
        self.warnings = compose.warnings
    }

    private mutating func plan() throws -> StackPlan {
        let active = compose.services.filter { isActive($0) }
        let run = active.filter { $0.executable != nil }
        let skipped = compose.services.filter { $0.executable == nil || !isActive($0) }.map { service in
            SkippedService(
                name: service.name,
                reason: isActive(service)
                    ? "it has no x-lockstep: {executable: …}"
                    : "its profiles are not on (--profile \(service.profiles.joined(separator: ", ")))")
        }
        checkDependencies(of: run)
        checkPorts(of: run)
        let order: [String]
        switch StartOrder.of(run.map { ($0.name, $0.dependencies.map(\.service)) }) {
        case .order(let names): order = names
        case .cycle(let names):
            let first = run.first { $0.name == names[0] }
            fault(
                first?.position ?? compose.services[0].position,
                "depends_on goes round in a circle: \((names + [names[0]]).joined(separator: " -> "))",
                "take one of them out")
            order = []
        }
        let missing = run.compactMap { service in
            service.executable.flatMap { search.find($0) == nil ? Self.missing($0, of: service.name) : nil }
        }
        var services: [PlannedService] = []
        for name in order {
            guard let service = run.first(where: { $0.name == name }), let executable = service.executable,
                let path = search.find(executable)
            else { continue }
            services.append(planned(service, executable: executable, path: path))
        }
        guard faults.isEmpty else { throw ManifestFaults(faults) }
        guard missing.isEmpty else { throw CommandFailure(.unavailable, lines: missing) }
        return StackPlan(services: services, skipped: skipped, folders: folders, warnings: warnings)
    }

    private func isActive(_ service: ComposeService) -> Bool {
        service.profiles.isEmpty || !profiles.isDisjoint(with: service.profiles)
    }

    private static func missing(_ executable: ServiceExecutable, of service: String) -> String {
        let place = executable.path ?? "beside lockstep or on PATH"
        return "\(executable.position): \(service) needs the executable \(executable.name), which is not there"
            + " (\(place)); build it with: swift build --product \(executable.name)"
    }

    private mutating func planned(
        _ service: ComposeService, executable: ServiceExecutable, path: String
    ) -> PlannedService {
        let paths = PathMap(mountPoints(of: service))
        var environment: [String: String] = [:]
        for variable in service.environment {
            environment[variable.name] = rewritten(variable.value, of: variable.name, paths: paths)
        }
        let ports = listen(service, &environment)
        environment["HOST"] = "127.0.0.1"
        environment.merge(inherited) { own, _ in own }
        let arguments = arguments(of: service, executable: executable.name).map {
            rewritten($0, of: "", paths: paths)
        }
        return PlannedService(
            name: service.name, position: service.position, executable: path, arguments: arguments,
            environment: environment, workingDirectory: workingDirectory(of: service, paths: paths), ports: ports,
            dependencies: service.dependencies.filter { dependency in
                compose.service(dependency.service).map { $0.executable != nil && isActive($0) } ?? false
            },
            healthcheck: service.healthcheck, restart: service.restart, stopGracePeriod: service.stopGracePeriod,
            stopSignal: service.stopSignal ?? 15, ignoredKeys: service.ignoredKeys.sorted())
    }

    private func rewritten(_ value: String, of name: String, paths: PathMap) -> String {
        SecretVariable.isSecret(name, value: value)
            ? value : paths.rewrite(addresses.rewrite(value, of: name))
    }

    /// The process listens where compose would publish the port that the container listens on.
    private mutating func listen(_ service: ComposeService, _ environment: inout [String: String]) -> [Int] {
        if let text = environment["PORT"], !text.isEmpty {
            guard let container = Int(text) else {
                fault(service.position, "PORT of \(service.name) is no number", "write one like \"8000\"")
                return []
            }
            let published = service.ports.first { $0.target == container }
            if let other = service.ports.first(where: { $0.target != container }) {
                fault(
                    other.position, "\(service.name) listens on \(container) and publishes \(other.target)",
                    "publish the port that PORT names")
            }
            let port = published?.published ?? container
            environment["PORT"] = String(port)
            return [port]
        }
        guard service.ports.count <= 1 else {
            fault(service.position, "\(service.name) publishes several ports", "say with PORT which one it listens on")
            return []
        }
        guard let port = service.ports.first else { return [] }
        environment["PORT"] = String(port.published)
        return [port.published]
    }

    private mutating func mountPoints(of service: ComposeService) -> [(target: String, host: String)] {
        service.mounts.map { mount in
            let host: String
            switch mount.source {
            case .volume(let name): host = "\(compose.directory)/.lockstep/volumes/\(name)"
            case .host(let path): host = path
            case .anonymous:
                let slug = mount.target.split(separator: "/").joined(separator: "-")
                host = "\(compose.directory)/.lockstep/volumes/\(service.name)-\(slug)"
            }
            if !mount.isFile, !folders.contains(host) { folders.append(host) }
            return (mount.target, host)
        }
    }

    private mutating func workingDirectory(of service: ComposeService, paths: PathMap) -> String {
        guard let written = service.workingDirectory else { return compose.directory }
        let mapped = paths.rewrite(written)
        if mapped != written { return mapped }
        warn(
            service.position,
            "working_dir of \(service.name) is a folder of the image; the process runs in the folder"
                + " of the compose file", "name settings' paths absolutely")
        return compose.directory
    }

    /// `command` is what follows the image's entrypoint; an entrypoint here must be the executable itself.
    private mutating func arguments(of service: ComposeService, executable: String) -> [String] {
        func isExecutable(_ word: String) -> Bool { word.split(separator: "/").last.map(String.init) == executable }
        var words = service.command ?? []
        if let entrypoint = service.entrypoint, let first = entrypoint.first {
            guard isExecutable(first) else {
                fault(
                    service.position, "the entrypoint of \(service.name) is not its executable \(executable)",
                    "leave it away, or start the service in a container")
                return []
            }
            return Array(entrypoint.dropFirst()) + words
        }
        if let first = words.first, isExecutable(first) { words.removeFirst() }
        if let first = words.first, ["sh", "bash", "dash"].contains(first.split(separator: "/").last.map(String.init)) {
            fault(
                service.position, "the command of \(service.name) is a shell, not arguments of \(executable)",
                "write the executable's own arguments")
        }
        return words
    }

    private mutating func checkDependencies(of services: [ComposeService]) {
        for service in services {
            for dependency in service.dependencies {
                guard let other = compose.service(dependency.service) else { continue }
                if !isActive(other) {
                    fault(
                        dependency.position, "\(service.name) depends on \(other.name), whose profile is not on",
                        "give --profile \(other.profiles.joined(separator: ","))")
                } else if other.executable == nil {
                    warn(
                        dependency.position, "\(service.name) depends on \(other.name), which is not run here",
                        "let it answer on 127.0.0.1 by itself")
                } else if dependency.condition == .healthy, other.healthcheck == nil {
                    fault(
                        dependency.position,
                        "\(service.name) waits for the health of \(other.name), which has no"
                            + " healthcheck", "give it one, or wait for service_started")
                }
            }
        }
    }

    private mutating func checkPorts(of services: [ComposeService]) {
        var owners: [Int: String] = [:]
        for service in services {
            for port in service.ports {
                if let owner = owners[port.published] {
                    fault(
                        port.position, "\(service.name) and \(owner) both publish port \(port.published)",
                        "give one of them another")
                }
                owners[port.published] = service.name
            }
        }
    }

    private mutating func fault(_ position: SourcePosition, _ problem: String, _ mend: String) {
        faults.append(ManifestFault(position, problem, mend: mend))
    }

    private mutating func warn(_ position: SourcePosition, _ problem: String, _ mend: String) {
        warnings.append(ManifestFault(position, problem, mend: mend))
    }
}

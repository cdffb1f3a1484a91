package import Evidence

/// Reads `infrastructure.yaml`, ours and the kind that other teams write, into one stack for each environment.
package struct DeclarationReader: ManifestReader {
    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path).lowercased()
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { return false }
        if name.wholeMatch(of: /infra(structure)?([-._].*)?\.ya?ml/) == nil {
            // By its content: `services:` at the margin, and bindings as this kind writes them.
            guard let text = text(), text.utf8.count < 1 << 20, text.contains("secret_name:"),
                text.contains(/(?m)^services:/)
            else { return false }
            return true
        }
        guard let text = text() else { return true }
        return text.contains(/(?m)^services:/) || text.allSatisfy(\.isWhitespace)
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        for path in paths {
            do throws(UnreadFile) {
                read(try tree.text(path), path, tree, into: &reading)
            } catch {
                reading.unread.append(error)
            }
        }
        return reading
    }

    private func read(_ text: String, _ path: String, _ tree: SourceTree, into reading: inout ManifestReading) {
        do throws(ManifestFaults) {
            for root in try YAMLDocument.documents(text, file: path) {
                if isOurs(root) {
                    reading.add(ours(root, path))
                } else if root["services"] != nil {
                    let foreign = ForeignDeclaration(root: root, file: path, tree: tree)
                    reading.stacks += foreign.stacks()
                    reading.loose += foreign.loose()
                }
            }
        } catch {
            reading.unread += error.faults.map { UnreadFile($0.position, "\($0.problem); \($0.mend)") }
        }
    }

    private func isOurs(_ root: ManifestNode) -> Bool {
        (root["services"]?.map ?? []).contains { $0.value["executable"] != nil }
    }

    private func ours(_ root: ManifestNode, _ path: String) -> ManifestReading {
        var strict = DeclarationReading(file: path)
        let declaration = strict.declaration(root)
        var reading = ManifestReading()
        reading.unread = ManifestFaults(strict.faults).faults.map { fault in
            UnreadFile(fault.position, "\(fault.problem); \(fault.mend)")
        }
        // What a faulty line was to bring is not known, so nothing that is absent proves anything.
        let gap = strict.faults.first.map { Gap("\(path) has faults", at: $0.position) }
        for environment in declaration.environments {
            var workloads: [Workload] = []
            for service in declaration.services {
                guard let deployment = service.deployment(in: environment.name) else { continue }
                workloads.append(Self.workload(service, deployment, environment, gap))
            }
            guard !workloads.isEmpty else { continue }
            Neighbours.find(in: &workloads)
            reading.stacks.append(
                Stack(
                    .declaration, name: "\(path) (\(environment.name))",
                    environment: StackEnvironment(
                        environment.environment, label: environment.name,
                        evidence: "environments at \(environment.position)"),
                    files: [path], workloads: workloads))
        }
        return reading
    }

    /// Those that load their key by the chain; a declaration may run other programs beside them.
    private static let ownExecutables: Set<String> = ["portal", "gateway", "plant"]

    private static func workload(
        _ service: Declaration.Service, _ deployment: Declaration.Deployment,
        _ environment: Declaration.Environment, _ gap: Gap?
    ) -> Workload {
        var workload = Workload(service.name, at: deployment.position)
        workload.assignments =
            deployment.variables.map { Assignment($0.name, .literal($0.value), at: $0.position) }
            + deployment.secrets.map { secret in
                let place = GoogleSecretPlace.reference(
                    secret.secretName, project: environment.project, version: secret.version)
                return Assignment(secret.name, .reference(place), at: secret.position)
            }
        workload.image = deployment.image
        workload.command = [service.executable]
        if ownExecutables.contains(service.executable) { workload.executable = service.executable }
        workload.issues = service.tokens?.issues
        workload.verifies = service.tokens?.verifies
        workload.gaps = gap.map { [$0] } ?? []
        return workload
    }
}

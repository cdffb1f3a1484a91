package import Evidence

/// Configurations of Terraform (and OpenTofu), a folder at a time, once for each file of variables; and plans as
/// `terraform show -json` prints them.
package struct TerraformReader: ManifestReader {
    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        if path.hasSuffix(".tf") || path.hasSuffix(".tofu") || path.hasSuffix(".tfvars") { return true }
        guard path.hasSuffix(".json"), let text = text() else { return false }
        return TextSearch.contains(text, "\"planned_values\"") && TextSearch.contains(text, "\"root_module\"")
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        var bodies: [String: [(file: String, body: HCLBody)]] = [:]
        var variables: [String: HCLBody] = [:]
        for path in paths {
            do {
                let text = try tree.text(path)
                if path.hasSuffix(".json") {
                    reading.add(TerraformPlan.read(try JSONDocument.parse(text, file: path), path))
                    continue
                }
                let body = try HCLParser.parse(text, file: path)
                if path.hasSuffix(".tfvars") {
                    variables[path] = body
                } else {
                    bodies[SourceTree.folder(of: path), default: []].append((path, body))
                }
            } catch let fault as ManifestFault {
                reading.unread.append(UnreadFile(fault.position, "\(fault.problem); \(fault.mend)"))
            } catch let faults as ManifestFaults {
                reading.unread.append(UnreadFile(faults, in: path))
            } catch let unread as UnreadFile {
                reading.unread.append(unread)
            } catch {
                reading.unread.append(UnreadFile(SourcePosition(file: path, line: 1), "it can't be read"))
            }
        }
        let modules = bodies.reduce(into: [String: TerraformModule]()) {
            $0[$1.key] = TerraformModule(folder: $1.key, bodies: $1.value)
        }
        let called = Set(modules.values.flatMap { module in module.calls.values.compactMap(module.source) })
        let roots = modules.keys.filter { !called.contains($0) }
        // Modules that call each other in a circle are each a beginning.
        for folder in (roots.isEmpty ? Array(modules.keys) : roots).sorted() {
            guard let module = modules[folder] else { continue }
            let sets = TerraformVariableSets.find(folder, variables, modules: modules)
            for set in sets {
                reading.add(TerraformConfiguration(module: module, modules: modules, set: set, tree: tree).reading)
            }
        }
        var findings = WorkflowFindings()
        findings.add(reading)
        for (path, body) in variables.sorted(by: { $0.key < $1.key }) {
            findings.add(TerraformVariableSets.loose(path, body))
        }
        return findings.reading
    }
}

package import Evidence
import Secrets

/// Manifests of hosting platforms. The files of one platform and environment are one stack, since its services are
/// deployed together from one repository, each by a file of its own.
package struct PlatformReader: ManifestReader {
    private static let formats: [any HostingFormat] = [
        FlyFormat(), RenderFormat(), AppEngineFormat(), DigitalOceanFormat(), VercelFormat(), NetlifyFormat(),
        HerokuFormat(), RailwayFormat(),
    ]

    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        Self.formats.contains { $0.claims(path, text: text) }
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        for format in Self.formats {
            var stacks: [(environment: StackEnvironment?, files: [String], workloads: [Workload])] = []
            for path in paths where format.claims(path, text: { try? tree.text(path) }) {
                do {
                    let file = try format.read(path, in: tree)
                    reading.loose += file.loose
                    for part in file.parts where !part.workloads.isEmpty {
                        let environment = part.environment
                        if let index = stacks.firstIndex(where: {
                            $0.environment?.environment == environment?.environment
                        }) {
                            if !stacks[index].files.contains(path) { stacks[index].files.append(path) }
                            stacks[index].workloads += part.workloads
                        } else {
                            stacks.append((environment, [path], part.workloads))
                        }
                    }
                } catch let faults as ManifestFaults {
                    reading.unread.append(UnreadFile(faults, in: path))
                } catch let unread as UnreadFile {
                    reading.unread.append(unread)
                } catch {
                    reading.unread.append(UnreadFile(SourcePosition(file: path, line: 1), "it can't be read"))
                }
            }
            for stack in stacks {
                let label = stack.environment.map { " (\($0.environment.rawValue))" } ?? ""
                let name = stack.files.count == 1 ? stack.files[0] : format.platform
                reading.stacks.append(
                    Stack(
                        .platform, name: name + label, environment: stack.environment, files: stack.files,
                        workloads: stack.workloads))
            }
        }
        return reading
    }
}

package import Evidence

/// Reads Dockerfiles for what they build into an image, and Procfiles for what they set. A secret that is mounted
/// (`RUN --mount=type=secret`) stays out of the image and is not told of.
package struct DockerManifests: ManifestReader {
    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path)
        return Self.isDockerfile(name) || Procfile.isProcfile(name)
    }

    private static func isDockerfile(_ name: String) -> Bool {
        let name = name.lowercased()
        guard !name.hasSuffix(".dockerignore"), !name.hasSuffix(".md") else { return false }
        return ["dockerfile", "containerfile"].contains {
            name == $0 || name.hasPrefix($0 + ".") || name.hasSuffix("." + $0)
        }
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        for path in paths {
            do throws(UnreadFile) {
                let text = try tree.text(path)
                if Procfile.isProcfile(SourceTree.name(of: path)) {
                    if let stack = Procfile.stack(text, file: path) { reading.stacks.append(stack) }
                } else {
                    add(DockerfileReader.read(text, file: path), to: &reading)
                }
            } catch {
                reading.unread.append(error)
            }
        }
        return reading
    }

    private func add(_ dockerfile: Dockerfile, to reading: inout ManifestReading) {
        // Whoever builds it passes an argument without a default.
        let evaluation = DockerfileEvaluation(dockerfile, arguments: [:]) {
            .reference(SecretReference(.variable, $0))
        }
        for (setting, value) in evaluation.settings {
            reading.loose.append(
                LooseBinding(
                    setting.name, value, in: setting.kind == .argument ? .buildArgument : .imageLayer,
                    at: setting.position))
        }
        reading.unread += dockerfile.unread
    }
}

package import Evidence

/// Reads `.env` files for what they show to everybody who has the repository; whom they reach, the manifests say that
/// name them.
package struct EnvironmentFiles: ManifestReader {
    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        // A program whose name ends alike is none.
        EnvironmentFileName.isEnvironmentFile(path) && text()?.hasPrefix("#!") != true
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        for path in paths {
            do throws(UnreadFile) {
                let file = BoundEnvironmentFile(try tree.text(path), file: path)
                let place: LooseBinding.Place = EnvironmentFileName.isExample(path) ? .exampleFile : .environmentFile
                for assignment in file.assignments where !file.inherited.contains(assignment.name) {
                    reading.loose.append(
                        LooseBinding(assignment.name, assignment.value, in: place, at: assignment.position))
                }
                if !EnvironmentFileName.isScript(path) { reading.unread += file.unread }
            } catch {
                reading.unread.append(error)
            }
        }
        return reading
    }
}

import Evidence

/// Files of variables beside a program's code, which it may load by itself (`load_dotenv()`, `dotenv.config()`), so that
/// what its manifest leaves out is not proven to be missing.
struct OwnEnvironmentFiles {
    private struct File {
        let path: String
        var names: Set<String>
    }

    private var files: [String: [File]] = [:]

    init(_ loose: [LooseBinding]) {
        for binding in loose where [.environmentFile, .exampleFile].contains(binding.place) {
            let path = binding.position.file
            let folder = SourceTree.folder(of: path)
            if let index = files[folder]?.lastIndex(where: { $0.path == path }) {
                files[folder]?[index].names.insert(binding.name)
            } else {
                files[folder, default: []].append(File(path: path, names: [binding.name]))
            }
        }
    }

    /// The file that may give a workload one of the names; nil where there is none, and where the manifest gives most of
    /// what stands in it, and so is what the program lives by.
    func file(giving names: [String], to workload: Workload, of component: Component?) -> String? {
        let folders = [workload.sourceDirectory, workload.dockerfile.map(SourceTree.folder), component?.directory]
        for folder in folders.compactMap(\.self) {
            for file in files[folder] ?? [] where names.contains(where: file.names.contains) {
                let given = workload.assignments.count { file.names.contains($0.name) }
                if given * 2 < file.names.count { return file.path }
            }
        }
        return nil
    }
}

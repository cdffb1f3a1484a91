import Evidence

/// A Procfile: a process a line, `NAME: COMMAND`, started by a shell with the platform's own variables.
enum Procfile {
    static func isProcfile(_ name: String) -> Bool { name == "Procfile" || name.hasPrefix("Procfile.") }

    /// Nil where no line sets a variable: the platform's variables are then all there is, and no file shows them.
    static func stack(_ text: String, file: String) -> Stack? {
        var workloads: [Workload] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon]
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }) else {
                continue
            }
            let position = SourcePosition(file: file, line: index + 1)
            let script = String(line[line.index(after: colon)...])
            var workload = Workload(String(name), at: position)
            for found in CommandAssignments(script: script).found where found.isExported {
                workload.assignments.removeAll { $0.name == found.name }
                workload.assignments.append(
                    Assignment(found.name, ShellVariables().text(found.value).bound, at: position))
            }
            workload.gaps = [Gap("the platform's own variables are not in the tree", at: position)]
            workload.sourceDirectory = SourceTree.folder(of: file)
            workload.command = script.split(whereSeparator: \.isWhitespace).map(String.init)
            workloads.append(workload)
        }
        guard workloads.contains(where: { !$0.assignments.isEmpty }) else { return nil }
        let environment = StackEnvironment.named(by: SourceTree.name(of: file), evidence: "the name of \(file)")
        return Stack(.platform, name: file, environment: environment, files: [file], workloads: workloads)
    }

}

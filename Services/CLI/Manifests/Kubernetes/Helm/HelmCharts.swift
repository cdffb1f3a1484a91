import Evidence

/// Every chart of a tree, rendered with each of its values files.
struct HelmCharts {
    private let tree: SourceTree
    /// Folders of charts that belong to no other.
    private let folders: [String]

    init(_ paths: [String], _ tree: SourceTree) {
        self.tree = tree
        let all = paths.filter { SourceTree.name(of: $0) == "Chart.yaml" }.map { SourceTree.folder(of: $0) }
        folders = all.filter { folder in
            !all.contains { other in other != folder && folder.hasPrefix(other.isEmpty ? "charts/" : "\(other)/charts/")
            }
        }
    }

    /// Whether a file is a chart's, so that it is no manifest as it stands.
    func owns(_ path: String) -> Bool {
        if SourceTree.name(of: path) == "Chart.yaml" { return true }
        return folders.contains { folder in
            let prefix = folder.isEmpty ? "" : folder + "/"
            return ["templates/", "charts/", "ci/"].contains { path.hasPrefix(prefix + $0) }
        }
    }

    func read() -> ManifestReading {
        var reading = ManifestReading()
        var releases: [HelmRelease] = []
        for folder in folders {
            do throws(UnreadFile) {
                let chart = try HelmChart(folder, in: tree)
                reading.unread += chart.unread
                read(chart, into: &reading, &releases)
            } catch {
                reading.unread.append(error)
            }
        }
        reading.stacks = HelmReleases.stacks(releases)
        return reading
    }

    private func read(_ chart: HelmChart, into reading: inout ManifestReading, _ releases: inout [HelmRelease]) {
        let own = chart.folder.isEmpty ? "values.yaml" : "\(chart.folder)/values.yaml"
        if tree.contains(own), let node = try? HelmValues.read(own, in: tree) {
            reading.loose += HelmValues.loose(node)
        }
        guard !chart.isLibrary else { return }
        let above = SourceTree.folder(of: chart.folder)
        let isAlone = folders.count { SourceTree.folder(of: $0) == above } == 1
        let files = HelmValues.files(of: chart.folder, named: chart.name, isAlone: isAlone, in: tree)
        // The chart's own values are what the others stand on; by themselves they are deployed where there are no others.
        if files.isEmpty { render(chart, with: nil, nil, into: &reading, &releases) }
        for file in files {
            do throws(UnreadFile) {
                let values = try HelmValues.read(file, in: tree)
                reading.loose += HelmValues.loose(values)
                render(chart, with: values, file, into: &reading, &releases)
            } catch {
                reading.unread.append(error)
            }
        }
    }

    private func render(
        _ chart: HelmChart, with values: ManifestNode?, _ file: String?, into reading: inout ManifestReading,
        _ releases: inout [HelmRelease]
    ) {
        var objects = chart.objects(values, release: chart.name, unread: &reading.unread)
        // The release's namespace is given to helm, and no file says it.
        for index in objects.indices where objects[index].namespace == "default" { objects[index].namespace = nil }
        var found = ManifestReading()
        KubernetesFile.note(objects, in: &found)
        reading.unread += found.unread
        // A Secret made of a value shows the value's line, which has been named already.
        let known = Set(reading.loose.map(\.position.description))
        reading.loose += found.loose.filter { !known.contains($0.position.description) }
        let environment = (file ?? chart.folder).split(separator: "/").reversed().lazy.compactMap { part in
            StackEnvironment.named(by: String(part), evidence: "the name of \(file ?? chart.folder)")
        }.first
        releases.append(
            HelmRelease(folder: chart.folder, file: file, environment: environment, objects: objects))
    }
}

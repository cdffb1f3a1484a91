import Evidence
import Secrets

/// A chart rendered with one of its values files, or with its own values alone.
struct HelmRelease {
    /// Of the chart.
    let folder: String
    /// The values file.
    let file: String?
    let environment: StackEnvironment?
    let objects: [KubernetesObject]
}

/// Which releases run together: charts side by side, rendered for one environment, of which one names a host of the other.
/// A folder of charts may as well hold many products that know nothing of each other.
enum HelmReleases {
    /// More are a catalogue, and no deployment.
    private static let limit = 256

    static func stacks(_ releases: [HelmRelease]) -> [Stack] {
        guard releases.count <= limit else { return releases.flatMap { stacks(together: [$0]) } }
        var related = RelatedFolders()
        for release in releases {
            let named = release.environment?.environment.rawValue ?? release.file.map(SourceTree.name) ?? ""
            related.add(release.objects, part: "\(SourceTree.folder(of: release.folder)): \(named)")
        }
        return related.groups().flatMap { indices in stacks(together: indices.map { releases[$0] }) }
    }

    private static func stacks(together releases: [HelmRelease]) -> [Stack] {
        func shown(_ release: HelmRelease) -> String { release.folder.isEmpty ? "." : release.folder }
        let names = releases.map { release in
            release.file.map { "\(shown(release)) + \($0)" } ?? shown(release)
        }
        let more = releases.flatMap { release in
            [release.file, release.folder.isEmpty ? "Chart.yaml" : "\(release.folder)/Chart.yaml"].compactMap(\.self)
        }
        return KubernetesStack(
            name: names.joined(separator: ", "), environment: releases.first?.environment,
            objects: releases.flatMap(\.objects)
        ).stacks().map { stack in
            Stack(
                stack.target, name: stack.name, environment: stack.environment, files: stack.files + more,
                workloads: stack.workloads)
        }
    }
}

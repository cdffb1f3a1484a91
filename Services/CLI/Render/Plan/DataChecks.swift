import Evidence
import Manifests

/// Where a service keeps its data must be there after an update, and belong to one process alone where that needs it.
extension PlanMaking {
    mutating func checkData(
        _ what: String, _ effective: EffectiveDeployment, _ deployment: Declaration.Deployment
    ) {
        let database = effective.variables.first { $0.name == "DATABASE_URL" }
        let isFile = database?.value.hasPrefix("sqlite:") ?? false
        if let database, isFile { checkFile(database, of: what, effective, deployment) }
        for volume in effective.volumes
        where volume.name.wholeMatch(of: /[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?/) == nil
            || volume.path.wholeMatch(of: /(\/[A-Za-z0-9._-]+)+/) == nil
        {
            fault(
                volume.position, "the name or the path of the volume \(volume.name) of \(what) can't be rendered",
                "use small letters, digits and - for the name, and a path without spaces")
        }
        guard let volume = effective.volumes.first else { return }
        if target == .cloudRun, !isFile {
            fault(
                volume.position, "\(what) has the volume \(volume.name), and Cloud Run has no disk that lasts",
                "write volumes: [] under targets: cloud-run:, if nothing else needs it")
        }
        if target == .ecs,
            declaration.environment(deployment.environment)?.facts(for: target.rawValue)?["file_system"] == nil
        {
            fault(
                volume.position, "\(what) has the volume \(volume.name), and nothing says on which file system",
                "name an EFS file system as file_system under targets: ecs:")
        }
        if deployment.scaling.maximum > 1, !isFile {
            fault(
                volume.position, "\(what) may have several instances, and the volume \(volume.name) belongs to one",
                "write max: 1, or leave the volume away")
        }
    }

    private mutating func checkFile(
        _ database: Declaration.Variable, of what: String, _ effective: EffectiveDeployment,
        _ deployment: Declaration.Deployment
    ) {
        if deployment.scaling.maximum > 1 {
            fault(
                deployment.scaling.position, "\(what) may have several instances, and SQLite is a file of one",
                "write max: 1, or a postgres:// URL as DATABASE_URL")
        }
        if target == .cloudRun {
            fault(
                database.position, "\(what) keeps its data in SQLite, for which Cloud Run has no disk",
                "name a postgres:// URL under targets: cloud-run: variables:, with volumes: []")
        } else if target != .github {
            let path = database.value.dropFirst("sqlite://".count)
            if !effective.volumes.contains(where: { path.hasPrefix($0.path + "/") }) {
                fault(
                    database.position,
                    "the database of \(what) lies in no volume, and would be lost with its container",
                    "name a volume with its folder as path, or a postgres:// URL as DATABASE_URL")
            }
        }
    }
}

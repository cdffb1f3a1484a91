import Foundation
import Manifests

/// Where an executable of the suite is found: beside `lockstep` itself, then on the path.
package struct ExecutableSearch: Sendable {
    package let folders: [String]

    package init(folders: [String]) { self.folders = folders }

    /// - Parameter path: the `PATH` variable.
    static func live(path: String?) -> ExecutableSearch {
        let own = AbsolutePath.parent(of: ownPath)
        return ExecutableSearch(folders: [own] + (path ?? "").split(separator: ":").map(String.init))
    }

    /// This very executable, whatever name it was called by.
    static var ownPath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    func find(_ executable: ServiceExecutable) -> String? {
        if let path = executable.path { return isExecutable(path) ? path : nil }
        return find(named: executable.name)
    }

    func find(named name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first(where: isExecutable)
    }

    private func isExecutable(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}

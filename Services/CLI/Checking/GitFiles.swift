import Foundation
import Subprocess

/// What git says of a folder; nil where there is no git, or no repository.
struct GitFiles {
    let root: String

    /// Relative to the folder: what is committed or added.
    func tracked() async -> Set<String>? { await list(["ls-files", "-z"]) }

    /// Relative to the folder: what differs from the revision, and what git does not know yet.
    func changed(since revision: String) async -> Set<String>? {
        // What begins with a dash would be an option.
        guard !revision.hasPrefix("-"),
            let changed = await list(["diff", "--name-only", "--relative", "-z", revision, "--"])
        else { return nil }
        return changed.union(await list(["ls-files", "--others", "--exclude-standard", "-z"]) ?? [])
    }

    private func list(_ arguments: [String]) async -> Set<String>? {
        do {
            let result = try await Subprocess.run(
                .name("git"), arguments: .init(["-C", root] + arguments),
                output: .string(limit: 64 << 20, encoding: UTF8.self),
                error: .discarded)
            guard result.terminationStatus.isSuccess else { return nil }
            let text = result.standardOutput
            return Set(text.split(separator: "\0").map(String.init))
        } catch {
            return nil
        }
    }
}

import Foundation
import Manifests

/// What stands in a folder against what was rendered for it.
package struct RenderedFolder: Sendable {
    /// Absolute.
    let path: String
    let files: [RenderedFile]
    /// The first line of what this very command renders, by which left-over files are known.
    let mark: String

    package init(_ path: String, files: [RenderedFile]) {
        self.path = path
        self.files = files
        mark =
            files.first { $0.path.hasSuffix(".yaml") || $0.path.hasSuffix(".yml") }?.text
            .split(separator: "\n").first.map(String.init) ?? ""
    }

    package enum Difference: Sendable, Hashable {
        case missing(String)
        case stale(String)
        /// Rendered once, and no more.
        case leftOver(String)

        package var path: String {
            switch self {
            case .missing(let path), .stale(let path), .leftOver(let path): path
            }
        }
    }

    /// In the order of the files; left-over ones behind.
    package var differences: [Difference] {
        var differences: [Difference] = []
        for file in files {
            let data = FileManager.default.contents(atPath: path + "/" + file.path)
            guard let data else {
                differences.append(.missing(file.path))
                continue
            }
            if data != Data(file.text.utf8) { differences.append(.stale(file.path)) }
        }
        return differences + leftOver.map { .leftOver($0) }
    }

    /// Files of the folder and of those that files are rendered into, which bear the mark.
    private var leftOver: [String] {
        let known = Set(files.map(\.path))
        var folders: [String] = [""]
        for file in files {
            guard let slash = file.path.lastIndex(of: "/") else { continue }
            let folder = String(file.path[...slash])
            if !folders.contains(folder) { folders.append(folder) }
        }
        var found: [String] = []
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []
            for name in names.sorted() where !known.contains(folder + name) {
                guard let data = FileManager.default.contents(atPath: path + "/" + folder + name) else { continue }
                let text = String(decoding: data.prefix(64 << 10), as: UTF8.self)
                let command = String(mark.drop { $0 != ":" }.dropFirst(2))
                let isOurs =
                    text.hasPrefix(mark + "\n")
                    || (name.hasSuffix(".json") && text.contains("\"rendered-by\"") && text.contains("\"\(command)\""))
                if isOurs, !mark.isEmpty { found.append(folder + name) }
            }
        }
        return found
    }

    /// Writes what differs, each file beside its place and then moved there, so that a reader sees the old one or the new
    /// one; what is left over stays.
    /// - Returns: the paths that were written.
    /// - Throws: why a file could not be written.
    package func write() throws -> [String] {
        var written: [String] = []
        for difference in differences {
            guard let file = files.first(where: { $0.path == difference.path }) else { continue }
            let place = URL(fileURLWithPath: path + "/" + file.path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            // Atomic: Foundation writes a temporary file beside it and renames it.
            try Data(file.text.utf8).write(to: place, options: .atomic)
            written.append(file.path)
        }
        return written
    }
}

/// Paths as text: no file is looked at, and links are not followed.
package enum AbsolutePath {
    /// - Parameter folder: absolute; what a relative path stands under.
    package static func of(_ path: String, under folder: String) -> String {
        var parts: [Substring] = []
        for part in (path.hasPrefix("/") ? path : "\(folder)/\(path)").split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    package static func parent(of path: String) -> String { of("..", under: path) }
}

/// `/api/v1/users/{id}/orders`: whole segments, of which `{name}` stands for exactly one that is not empty. It matches
/// the whole path and nothing below.
package struct PathTemplate: Sendable, Equatable {
    package enum Segment: Sendable, Hashable {
        case literal(String)
        case capture(String)
    }

    package struct Fault: Error, Equatable {
        package let problem: String
        package let mend: String
    }

    private static let maximumSegments = 64

    package let text: String
    /// A slash at the end is an empty last one.
    package let segments: [Segment]

    package var captures: [String] {
        segments.compactMap { if case .capture(let name) = $0 { name } else { nil } }
    }

    /// - Throws: for what is no path in its canonical form (`RequestTarget`), braces within a segment, a name that occurs
    ///   twice.
    package init(_ text: String) throws(Fault) {
        guard text.utf8.first == UInt8(ascii: "/"), text.utf8.count <= 2048 else {
            throw Fault(problem: "is no path", mend: "begin it with a slash")
        }
        var segments: [Segment] = []
        var names: Set<String> = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard part.contains(where: { $0 == "{" || $0 == "}" }) else {
                segments.append(.literal(String(part)))
                continue
            }
            let name = String(part.dropFirst().dropLast())
            guard part.hasPrefix("{"), part.hasSuffix("}"), Self.isName(name) else {
                throw Fault(
                    problem: "has braces that are no capture of one whole segment",
                    mend: "write {name} between two slashes, of lower-case letters, digits and _")
            }
            guard names.insert(name).inserted else {
                throw Fault(problem: "captures {\(name)} twice", mend: "name them differently")
            }
            segments.append(.capture(name))
        }
        guard segments.count <= Self.maximumSegments else {
            throw Fault(problem: "has more than \(Self.maximumSegments) segments", mend: "use a prefix")
        }
        // What stands for a capture has no influence on whether the rest is canonical.
        let sample = segments.map { if case .literal(let literal) = $0 { literal } else { "x" } }
        guard CanonicalPath.isCanonical("/" + sample.joined(separator: "/")) else {
            throw Fault(
                problem: "is no path in its canonical form",
                mend: "no empty, . or .. segments, no query, and percent-encode as the gateway does")
        }
        self.text = text
        self.segments = segments
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first >= 0x61 && first <= 0x7A, text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy {
            $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: "_")
        }
    }

    /// - Parameter path: canonical.
    /// - Returns: what each name stands for; nil when the path does not match.
    package func captures(of path: String) -> [String: Substring]? {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == segments.count else { return nil }
        var found: [String: Substring] = [:]
        for (part, segment) in zip(parts, segments) {
            switch segment {
            case .literal(let literal): if part != literal { return nil }
            case .capture(let name):
                if part.isEmpty { return nil }
                found[name] = part
            }
        }
        return found
    }

    /// The path with the captures put in; each name of this template must be among them.
    package func filled(with captures: [String: Substring]) -> String {
        segments.reduce(into: "") { path, segment in
            path += "/"
            switch segment {
            case .literal(let literal): path += literal
            case .capture(let name): path += captures[name] ?? ""
            }
        }
    }
}

/// Whether a path is written as `RequestTarget` would write it, so that it can be compared byte by byte.
enum CanonicalPath {
    static func isCanonical(_ text: String) -> Bool {
        guard let target = try? RequestTarget(text) else { return false }
        return target.path == text && target.query == nil
    }
}

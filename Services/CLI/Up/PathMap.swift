/// Which folder or file of this host stands for which path inside the container.
struct PathMap {
    private let entries: [(target: [UInt8], host: String)]

    /// - Parameter pairs: container path to absolute host path.
    init(_ pairs: [(target: String, host: String)]) {
        // The longest first, as the innermost mount is the one that is seen.
        entries = pairs.map { (Array($0.target.utf8), $0.host) }.sorted { $0.target.count > $1.target.count }
    }

    /// Replaces container paths wherever one stands alone: `/data`, `/data/x`, `sqlite:////data/x`, `a:/data`.
    func rewrite(_ value: String) -> String {
        guard !entries.isEmpty else { return value }
        let bytes = Array(value.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "/"), Self.mayStart(bytes, at: index),
                let entry = entries.first(where: { Self.stands($0.target, in: bytes, at: index) })
            {
                result += Array(entry.host.utf8)
                index += entry.target.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func stands(_ target: [UInt8], in bytes: [UInt8], at index: Int) -> Bool {
        guard bytes[index...].starts(with: target) else { return false }
        let end = index + target.count
        return end == bytes.count || !isPathPart(bytes[end])
    }

    /// Not in the middle of a path, and not where a URL names its host (`x://data`).
    private static func mayStart(_ bytes: [UInt8], at index: Int) -> Bool {
        guard index > 0 else { return true }
        if isPathPart(bytes[index - 1]) { return false }
        let isHost =
            index >= 2 && bytes[index - 1] == UInt8(ascii: "/") && bytes[index - 2] == UInt8(ascii: ":")
        return !isHost
    }

    private static func isPathPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}

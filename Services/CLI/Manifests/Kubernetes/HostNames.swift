/// The hosts that a variable's text speaks of, so that who calls whom is known.
enum HostNames {
    /// The first label of each host: `http://plant-backend.internal:8001` and `plant-backend:8001` name
    /// `plant-backend`.
    static func labels(in text: String) -> [String] {
        // An address is short; what is long is a document or a key.
        guard text.utf8.count <= 2048 else { return [] }
        var labels: [String] = []
        for part in text.split(whereSeparator: { ", ;|\n\t\"'".contains($0) }) {
            var host = part
            if let scheme = host.firstRange(of: "://") { host = host[scheme.upperBound...] }
            if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
            let end = host.firstIndex { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") } ?? host.endIndex
            guard let label = host[..<end].split(separator: ".").first, !labels.contains(String(label)) else {
                continue
            }
            labels.append(String(label))
        }
        return labels
    }
}

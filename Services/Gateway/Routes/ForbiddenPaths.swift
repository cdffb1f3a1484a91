/// What no route may lead to, in any table: the services' own business (`/internal`) and the plant's judgement of
/// tokens (`/api/v1/auth/validate`), which would tell a stranger who a stolen token belongs to.
enum ForbiddenPaths {
    static func contains(_ path: some StringProtocol) -> Bool {
        isBelow(path, "/internal") || isBelow(path, "/api/v1/auth/validate")
    }

    /// With the path that an upstream's address ends in before it.
    static func contains(_ path: String, below base: String) -> Bool {
        !base.isEmpty && contains(base + path)
    }

    /// Whole segments, without regard to case: an upstream may not care about it.
    private static func isBelow(_ path: some StringProtocol, _ prefix: String) -> Bool {
        var position = path.utf8.startIndex
        for expected in prefix.utf8 {
            guard position < path.utf8.endIndex else { return false }
            let byte = path.utf8[position]
            guard (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) == expected else { return false }
            path.utf8.formIndex(after: &position)
        }
        return position == path.utf8.endIndex || path.utf8[position] == UInt8(ascii: "/")
    }
}

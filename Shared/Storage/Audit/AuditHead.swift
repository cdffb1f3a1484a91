/// Where a log stood at some time: kept outside of the database, it shows a tail that was cut or written anew since.
///
/// As text `LOGID:POSITION:HASH`.
package struct AuditHead: Sendable, Hashable, CustomStringConvertible {
    package let logID: String
    /// 0 for a log without an entry.
    package let position: Int64
    /// 64 hexadecimal digits, lower case.
    package let hash: String

    package init(logID: String, position: Int64, hash: String) {
        self.logID = logID
        self.position = position
        self.hash = hash
    }

    /// Nil for what is no head; each head has one spelling.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isLogID(parts[0]), let position = Int64(parts[1]), position >= 0,
            String(position) == parts[1], parts[2].utf8.count == 64, parts[2].utf8.allSatisfy(Self.isHexDigit)
        else { return nil }
        self.init(logID: String(parts[0]), position: position, hash: String(parts[2]))
    }

    package var description: String { "\(logID):\(position):\(hash)" }

    /// All heads that stand somewhere in a text, such as the lines of a log: in order, each once.
    package static func found(in text: String) -> [AuditHead] {
        var heads: [AuditHead] = []
        var seen: Set<AuditHead> = []
        for word in text.utf8.split(whereSeparator: { !isPartOfHead($0) }) where word.count >= 68 {
            // `head:LOGID:POSITION:HASH` has one in its last three parts.
            let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).suffix(3)
            let head = AuditHead(parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ":"))
            if let head, seen.insert(head).inserted { heads.append(head) }
        }
        return heads
    }

    /// Also what `EventLog` takes for an id.
    static func isLogID(_ text: some StringProtocol) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { isPartOfHead($0) && $0 != UInt8(ascii: ":") }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }

    private static func isPartOfHead(_ byte: UInt8) -> Bool {
        isHexDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
            || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
    }
}

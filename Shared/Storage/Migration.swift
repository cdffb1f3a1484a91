/// SQL that runs on every database of the suite: one list per namespace, run in order, each once, in a transaction.
///
/// What has been applied is recorded with a checksum of its statements. A database whose record does not agree with the
/// list is refused with `StorageError.migration`: a changed migration, one slipped in before an applied one, or one that
/// this build does not know (an older binary on a newer database).
package struct Migration: Sendable {
    /// Unique in its namespace, e.g. `0001-customers`.
    package let id: String
    package let statements: [String]

    package init(id: String, statements: [String]) {
        self.id = id
        self.statements = statements
    }

    /// FNV-1a, 64 bits, over the statements with a separator that no statement holds. It finds mistakes, not forgers.
    var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for statement in statements {
            for byte in [Array(statement.utf8), [0]].joined() {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        return String(hash, radix: 16)
    }
}

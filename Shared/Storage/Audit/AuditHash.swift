import Crypto

/// What an entry's hash is made of (docs/decisions/0026).
///
/// SHA-256 over a label, the hash before, the log's id, the position and every column, each with its kind and length:
/// no two entries have one encoding, and no entry's is a part of another's.
enum AuditHash {
    private static let entryLabel = "lockstep/audit/entry/v1"
    private static let originLabel = "lockstep/audit/origin/v1"

    /// The hash before the first entry.
    static func origin(logID: String) -> String {
        var encoding = Encoding()
        encoding.add(.text(originLabel))
        encoding.add(.text(logID))
        return encoding.hash
    }

    /// - Parameter values: as they stand in `AuditTable.columns`, whatever their kind.
    static func entry(after previous: String, logID: String, position: Int64, values: [SQLValue]) -> String {
        var encoding = Encoding()
        encoding.add(.text(entryLabel))
        encoding.add(.text(previous))
        encoding.add(.text(logID))
        encoding.add(.integer(position))
        encoding.add(.integer(Int64(values.count)))
        for value in values { encoding.add(value) }
        return encoding.hash
    }

    static func hex(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private struct Encoding {
        private var bytes: [UInt8] = []

        mutating func add(_ value: SQLValue) {
            switch value {
            case .null:
                bytes.append(0)
            case .integer(let integer):
                bytes.append(1)
                add(UInt64(bitPattern: integer))
            case .real(let real):
                bytes.append(2)
                add(real.bitPattern)
            case .text(let text):
                bytes.append(3)
                add(UInt64(text.utf8.count))
                bytes += text.utf8
            case .blob(let blob):
                bytes.append(4)
                add(UInt64(blob.count))
                bytes += blob
            }
        }

        var hash: String { AuditHash.hex(SHA256.hash(data: bytes)) }

        /// Big-endian.
        private mutating func add(_ number: UInt64) {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
    }
}

import Crypto

/// How many rows a table has, and a checksum of what they hold: equal for equal contents, whichever database holds them
/// and in whatever order it tells them (the two sort text differently).
///
/// The checksum is the sum of all rows' SHA-256 (in four lanes of 64 bits, each modulo 2^64), each over one canonical
/// form of the row. It finds what was lost or changed on the way; it is no proof against somebody who forges rows.
package struct TableDigest: Sendable, Equatable {
    package private(set) var rows = 0
    private var lanes: [UInt64] = [0, 0, 0, 0]

    package init() {}

    /// 64 hexadecimal digits.
    package var checksum: String {
        lanes.map { lane in
            let digits = String(lane, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// - Parameter values: in the order of `TableShape.columns`, as `ColumnKind.admits` gives them.
    mutating func add(_ values: [SQLValue]) {
        var bytes: [UInt8] = []
        for value in values { Self.append(value, to: &bytes) }
        rows += 1
        SHA256.hash(data: bytes).withUnsafeBytes { digest in
            for lane in 0..<4 {
                lanes[lane] &+= digest.loadUnaligned(fromByteOffset: lane * 8, as: UInt64.self).bigEndian
            }
        }
    }

    /// A letter for the kind, the length where there is one, the value; so no two rows have one form.
    private static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
        func number(_ bits: UInt64) { withUnsafeBytes(of: bits.bigEndian) { bytes += $0 } }
        switch value {
        case .null:
            bytes.append(UInt8(ascii: "n"))
        case .integer(let integer):
            bytes.append(UInt8(ascii: "i"))
            number(UInt64(bitPattern: integer))
        case .real(let real):
            bytes.append(UInt8(ascii: "r"))
            number(real.bitPattern)
        case .text(let text):
            bytes.append(UInt8(ascii: "t"))
            number(UInt64(text.utf8.count))
            bytes += text.utf8
        case .blob(let blob):
            bytes.append(UInt8(ascii: "b"))
            number(UInt64(blob.count))
            bytes += blob
        }
    }
}

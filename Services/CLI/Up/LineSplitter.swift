/// Cuts a stream of bytes into lines. A line that never ends is cut at `limit`, so that no service can fill the memory
/// of the one that watches it.
struct LineSplitter {
    /// Bytes.
    static let limit = 64 * 1024
    private var rest: [UInt8] = []

    mutating func feed(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
                lines.append(take())
            } else {
                rest.append(byte)
                if rest.count == Self.limit { lines.append(take()) }
            }
        }
        return lines
    }

    /// What stood after the last line end.
    mutating func finish() -> String? { rest.isEmpty ? nil : take() }

    private mutating func take() -> String {
        defer { rest.removeAll(keepingCapacity: true) }
        return String(decoding: rest, as: UTF8.self)
    }
}

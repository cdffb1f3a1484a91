/// Words without one of which a file has nothing to say about keys: asked before it is taken apart, as most files of a
/// repository have none.
enum MarkerWords {
    /// In lower case, with the place of a letter that is rare in text.
    private static let words: [(word: [UInt8], anchor: Int)] = [
        ("secret", 2), ("jwt", 0), ("jose", 0), ("token", 2), ("hmac", 3), ("signing", 4), ("environment", 3),
        ("_env", 3), ("\"env\"", 3), ("'env'", 3), ("k_service", 0), ("next-auth", 2), ("nextauth", 2),
    ].map { (Array($0.0.utf8), $0.1) }

    /// By the anchors' bytes in both cases.
    private static let byAnchor: [[(word: [UInt8], anchor: Int)]] = {
        var table = [[(word: [UInt8], anchor: Int)]](repeating: [], count: 256)
        for entry in words {
            let byte = entry.word[entry.anchor]
            table[Int(byte)].append(entry)
            if (97...122).contains(byte) { table[Int(byte - 32)].append(entry) }
        }
        return table
    }()
    private static let isAnchor: [Bool] = byAnchor.map { !$0.isEmpty }

    static func occur(in text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable(occur) ?? Array(text.utf8).withUnsafeBufferPointer(occur)
    }

    private static func occur(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        isAnchor.withUnsafeBufferPointer { isAnchor in
            for index in 0..<bytes.count where isAnchor[Int(bytes[index])] {
                for (word, anchor) in byAnchor[Int(bytes[index])] where matches(word, bytes, at: index - anchor) {
                    return true
                }
            }
            return false
        }
    }

    private static func matches(_ word: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        guard start >= 0, start + word.count <= bytes.count else { return false }
        for offset in 0..<word.count {
            let byte = bytes[start + offset]
            let lower = (65...90).contains(byte) ? byte + 32 : byte
            if lower != word[offset] { return false }
        }
        return true
    }
}

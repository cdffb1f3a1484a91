import Foundation

/// Finds words in files that may be megabytes long, for readers that are asked about every file of a tree: bytes are
/// compared, no characters are formed.
enum TextSearch {
    /// Whether any of the words is in the text.
    static func contains(_ text: String, _ words: String...) -> Bool {
        var text = text
        return text.withUTF8 { bytes in words.contains { contains(bytes, Array($0.utf8)) } }
    }

    private static func contains(_ bytes: UnsafeBufferPointer<UInt8>, _ word: [UInt8]) -> Bool {
        guard let first = word.first, var place = bytes.baseAddress else { return false }
        let end = place + bytes.count
        while end - place >= word.count,
            let found = memchr(place, Int32(first), end - place - word.count + 1)
        {
            if memcmp(found, word, word.count) == 0 { return true }
            place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
        }
        return false
    }
}

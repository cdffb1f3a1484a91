/// Percent-encoding of what is put into a URL (RFC 3986 §2.3): all but the unreserved characters.
enum PercentEncoding {
    static func encode(_ text: some StringProtocol) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%"
                encoded.unicodeScalars.append(Unicode.Scalar(digits[Int(byte >> 4)]))
                encoded.unicodeScalars.append(Unicode.Scalar(digits[Int(byte & 15)]))
            }
        }
        return encoded
    }

    /// A path's segments, each encoded, with the slashes between them.
    /// - Returns: nil where a segment is empty, `.` or `..`: it would name another place than it says.
    static func path(_ path: String) -> String? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.allSatisfy({ !["", ".", ".."].contains($0) }) else { return nil }
        return segments.map(encode).joined(separator: "/")
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}

/// RFC 9110 §7.2, RFC 3986 §3.2: a host with an optional port. Narrower than the grammar: no percent-encoding, no userinfo,
/// no sub-delimiters, nothing empty; what is left has one reading.
enum Authority {
    /// Of the longest host name that DNS has, with a port.
    private static let maximum = 261

    static func check(_ value: Range<Int>, in bytes: RawSpan) throws(HeadFault) {
        guard !value.isEmpty, value.count <= maximum else { throw .badHost }
        var offset = value.lowerBound
        if bytes.byte(offset) == UInt8(ascii: "[") {
            offset &+= 1
            let start = offset
            while offset < value.upperBound, isAddressByte(bytes.byte(offset)) { offset &+= 1 }
            guard offset > start, offset < value.upperBound, bytes.byte(offset) == UInt8(ascii: "]")
            else { throw .badHost }
            offset &+= 1
        } else {
            while offset < value.upperBound, isNameByte(bytes.byte(offset)) { offset &+= 1 }
            guard offset > value.lowerBound else { throw .badHost }
        }
        guard offset < value.upperBound else { return }
        guard bytes.byte(offset) == UInt8(ascii: ":") else { throw .badHost }
        let port = offset + 1..<value.upperBound
        guard port.count >= 1, port.count <= 5 else { throw .badHost }
        for offset in port where !Token.isDigit(bytes.byte(offset)) { throw .badHost }
    }

    /// Of an IPv6 address (RFC 3986 §3.2.2), as far as a byte tells.
    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x46, 0x61...0x66, UInt8(ascii: "."): true
        default: false
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}

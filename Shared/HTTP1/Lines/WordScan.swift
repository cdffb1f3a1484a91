// Eight bytes at a time, in one register. In each result the lowest set high bit marks the first byte that is looked
// for; bits above it may be wrong (a subtraction borrows upwards), so only the lowest counts.

@inline(__always) private var low: UInt64 { 0x0101_0101_0101_0101 }
@inline(__always) private var high: UInt64 { 0x8080_8080_8080_8080 }

extension UInt64 {
    /// The byte in each of eight places.
    @inline(__always) init(everywhere byte: UInt8) { self = UInt64(byte) &* low }

    /// Bytes below 0x20, and DEL: what may not stand in a line. (HTAB is among them; the caller lets it pass.)
    @inline(__always) var controlBytes: UInt64 {
        let delete = self ^ UInt64(everywhere: 0x7F)
        return ((self &- UInt64(everywhere: 0x20)) & ~self | (delete &- low) & ~delete) & high
    }

    /// Bytes that no request target has: below 0x21, `#`, DEL and what lies above.
    @inline(__always) var nonTargetBytes: UInt64 {
        let delete = self ^ UInt64(everywhere: 0x7F)
        let hash = self ^ UInt64(everywhere: UInt8(ascii: "#"))
        return ((self &- UInt64(everywhere: 0x21)) | self | (delete &- low) & ~delete | (hash &- low) & ~hash) & high
    }

    @inline(__always) func places(of byte: UInt8) -> UInt64 {
        let difference = self ^ UInt64(everywhere: byte)
        return (difference &- low) & ~difference & high
    }

    /// The place of the first mark; of a result that is not zero.
    @inline(__always) var firstPlace: Int { trailingZeroBitCount &>> 3 }

    /// Whether the lowest `count` bytes are letters and `-` alone. Exact for each byte.
    @inline(__always) func isPlainName(_ count: Int) -> Bool {
        let ascii = self & ~high
        let letter = ascii | UInt64(everywhere: 0x20)
        let isLetter = (letter &+ UInt64(everywhere: 0x80 - 0x61)) & ~(letter &+ UInt64(everywhere: 0x7F - 0x7A))
        let dash = ascii ^ UInt64(everywhere: UInt8(ascii: "-"))
        let isDash = ~(dash &+ UInt64(everywhere: 0x7F))
        let wanted = high & UInt64(lowest: count)
        return (isLetter | isDash) & ~self & wanted == wanted
    }

    /// Ones in the lowest `count` bytes, 0 to 8.
    @inline(__always) init(lowest count: Int) { self = count >= 8 ? ~0 : (1 &<< UInt64(count &* 8)) &- 1 }

    /// Letters in lower case. (`_` becomes DEL and a few others change too; none of them becomes a letter, a digit or `-`.)
    @inline(__always) var folded: UInt64 { self | UInt64(everywhere: 0x20) }
}

extension RawSpan {
    /// - Parameter offset: checked against the span's bounds, as in all that follow.
    @inline(__always) func byte(_ offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

    /// Eight bytes, the first in the lowest place.
    @inline(__always) func word(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Eight bytes, with zeros for those behind the span's end.
    @inline(__always) func paddedWord(_ offset: Int) -> UInt64 {
        if offset &+ 8 <= byteCount { return word(offset) }
        var result: UInt64 = 0
        var place = byteCount
        while place > offset {
            place &-= 1
            result = result &<< 8 | UInt64(byte(place))
        }
        return result
    }
}

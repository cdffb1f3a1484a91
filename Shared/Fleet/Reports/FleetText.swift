/// What may be a text in a report: it goes into a database, into tables on terminals and into logs.
package enum FleetText {
    /// As a report may carry it: no control characters, at most `limit` bytes of UTF-8.
    package static func clean(_ text: String, limit: Int) -> String {
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            let scalar = isPrintable(scalar) ? scalar : " "
            bytes += UTF8.width(scalar)
            if bytes > limit { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    /// A service's or an instance's name: it stands in a path, so it has letters, digits and `.`, `_`, `-`, `:`, `@`
    /// alone, and is neither `.` nor `..`.
    package static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text != "." && text != ".." && text.utf8.allSatisfy(isNameByte)
    }

    /// As `isName` demands: `LOCKSTEP_INSTANCE` may be any text.
    package static func name(_ text: String) -> String {
        let bytes = text.utf8.prefix(128).map { isNameByte($0) ? $0 : UInt8(ascii: "-") }
        let name = String(decoding: bytes, as: UTF8.self)
        return isName(name) ? name : "unnamed"
    }

    /// Not empty, and printable.
    package static func isText(_ text: String, limit: Int) -> Bool {
        !text.isEmpty && isPrintable(text, limit: limit)
    }

    static func isPrintable(_ text: String, limit: Int) -> Bool {
        text.utf8.count <= limit && text.unicodeScalars.allSatisfy(isPrintable)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Format characters too: they turn the direction of a line, or hide in it.
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: ":"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}

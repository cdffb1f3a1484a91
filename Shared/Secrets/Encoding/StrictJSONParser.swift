/// The reading side of `StrictJSON`: one pass over the bytes, recursive no deeper than the limit.
struct StrictJSONParser {
    private let bytes: [UInt8]
    private let limits: StrictJSON.Limits
    private var position = 0
    private var entries: [StrictJSON.Entry] = []

    init(bytes: [UInt8], limits: StrictJSON.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func parse() throws(StrictJSON.Fault) -> [StrictJSON.Entry] {
        guard bytes.count <= min(limits.bytes, Int(Int32.max)) else { throw fault("text too long") }
        entries.reserveCapacity(32)
        skipSpace()
        try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw fault("something behind the value") }
        return entries
    }

    private func fault(_ reason: String) -> StrictJSON.Fault { StrictJSON.Fault(reason: reason, offset: position) }

    /// 0 stands for the end: a NUL byte is nowhere allowed, so the two need no telling apart.
    private var here: UInt8 { position < bytes.count ? bytes[position] : 0 }

    @inline(__always)
    private mutating func skipSpace() {
        if here > 0x20 { return }
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func open(_ kind: StrictJSON.Kind) throws(StrictJSON.Fault) -> Int {
        guard entries.count < limits.nodes else { throw fault("too many values") }
        entries.append(StrictJSON.Entry(kind: kind, start: Int32(position), end: 0, next: 0))
        return entries.count - 1
    }

    private mutating func close(_ index: Int) {
        entries[index].end = Int32(position)
        entries[index].next = Int32(entries.count)
    }

    private mutating func value(depth: Int) throws(StrictJSON.Fault) {
        switch here {
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try literal("true", .true)
        case UInt8(ascii: "f"): try literal("false", .false)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: throw fault("a value is missing")
        }
    }

    private mutating func object(depth: Int) throws(StrictJSON.Fault) {
        guard depth <= limits.depth else { throw fault("nested too deep") }
        let object = try open(.object)
        var count = 0
        var seen = NameMarks()
        position += 1
        skipSpace()
        if here == UInt8(ascii: "}") {
            position += 1
            return close(object)
        }
        while true {
            guard here == UInt8(ascii: "\"") else { throw fault("a member's name is missing") }
            guard count < limits.members else { throw fault("too many members") }
            let name = entries.count
            try string()
            if seen.mayHave(entries[name], in: bytes), repeats(name, in: object) { throw fault("a member is repeated") }
            count += 1
            skipSpace()
            guard here == UInt8(ascii: ":") else { throw fault("a colon is missing") }
            position += 1
            skipSpace()
            try value(depth: depth)
            skipSpace()
            switch here {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            case UInt8(ascii: "}"):
                position += 1
                return close(object)
            default: throw fault("a comma or brace is missing")
            }
        }
    }

    private mutating func array(depth: Int) throws(StrictJSON.Fault) {
        guard depth <= limits.depth else { throw fault("nested too deep") }
        let array = try open(.array)
        position += 1
        skipSpace()
        if here == UInt8(ascii: "]") {
            position += 1
            return close(array)
        }
        while true {
            try value(depth: depth)
            skipSpace()
            switch here {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            case UInt8(ascii: "]"):
                position += 1
                return close(array)
            default: throw fault("a comma or bracket is missing")
            }
        }
    }

    /// Whether an earlier member of the open object has this name, escapes undone.
    private func repeats(_ name: Int, in object: Int) -> Bool {
        var other = object + 1
        while other < name {
            if sameText(entries[other], entries[name]) { return true }
            other = Int(entries[other + 1].next)
        }
        return false
    }

    private func sameText(_ a: StrictJSON.Entry, _ b: StrictJSON.Entry) -> Bool {
        let (left, right) = (Int(a.start)..<Int(a.end), Int(b.start)..<Int(b.end))
        if !a.isEscaped, !b.isEscaped {
            guard left.count == right.count else { return false }
            for index in 0..<left.count where bytes[left.lowerBound + index] != bytes[right.lowerBound + index] {
                return false
            }
            return true
        }
        return JSONEscapes.undone(bytes, left) == JSONEscapes.undone(bytes, right)
    }

    private mutating func literal(_ text: StaticString, _ kind: StrictJSON.Kind) throws(StrictJSON.Fault) {
        let index = try open(kind)
        for offset in 0..<text.utf8CodeUnitCount {
            guard here == text.utf8Start[offset] else { throw fault("not a value") }
            position += 1
        }
        close(index)
    }

    private mutating func number() throws(StrictJSON.Fault) {
        let index = try open(.number)
        if here == UInt8(ascii: "-") { position += 1 }
        if here == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if here == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if here | 0x20 == UInt8(ascii: "e") {
            position += 1
            if here == UInt8(ascii: "+") || here == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        close(index)
    }

    private mutating func digits() throws(StrictJSON.Fault) {
        let start = position
        while here >= UInt8(ascii: "0"), here <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw fault("a digit is missing") }
    }

    private mutating func string() throws(StrictJSON.Fault) {
        position += 1
        let index = try open(.string)
        while true {
            skipPlain()
            switch here {
            case UInt8(ascii: "\""):
                close(index)
                position += 1
                return
            case UInt8(ascii: "\\"):
                entries[index].isEscaped = true
                guard let length = JSONEscapes.length(bytes, at: position) else { throw fault("a bad escape") }
                position += length
            case 0..<0x20:
                throw fault(position < bytes.count ? "a control character" : "a string without its end")
            default:
                guard let length = JSONEscapes.utf8Length(bytes, at: position) else { throw fault("invalid UTF-8") }
                position += length
            }
        }
    }

    /// Passes over ASCII that stands for itself, which is most of every text.
    private mutating func skipPlain() {
        var index = position
        bytes.withUnsafeBufferPointer { bytes in
            while index < bytes.count {
                let byte = bytes[index]
                guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
                index += 1
            }
        }
        position = index
    }
}

/// Tells quickly that a name has not been met in its object yet, as most have not. A name with escapes looks like no
/// other, so from the first of them on every name is compared.
private struct NameMarks {
    private var marks: UInt64 = 0

    /// False means surely not; true means that the names have to be compared.
    mutating func mayHave(_ name: StrictJSON.Entry, in bytes: [UInt8]) -> Bool {
        let (start, end) = (Int(name.start), Int(name.end))
        guard !name.isEscaped, start < end else {
            marks = .max
            return true
        }
        let mark =
            UInt64(1)
            << (UInt64(bytes[start] &* 7 &+ bytes[end - 1] &* 3 &+ UInt8(truncatingIfNeeded: end - start)) & 63)
        defer { marks |= mark }
        return marks & mark != 0
    }
}

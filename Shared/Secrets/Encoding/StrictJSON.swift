/// A JSON text (RFC 8259) that was read strictly and whole, with its values at hand.
///
/// Refused: invalid UTF-8, lone surrogates, raw control characters, a byte order mark, members that repeat in one
/// object (also when one of them is spelled with escapes), anything behind the value, and whatever `Limits` exclude.
/// What is not asked for is checked all the same.
///
/// The text is kept as bytes and the values as a flat list of ranges in document order, so that reading costs one
/// allocation and a string is made only where a caller wants one.
package struct StrictJSON: Sendable {
    /// Bounds on a text from outside.
    package struct Limits: Sendable {
        /// Bytes of the whole text.
        package var bytes: Int
        /// Objects and arrays inside each other; the outermost counts as 1.
        package var depth: Int
        /// Members of one object.
        package var members: Int
        /// Values and names in the whole text.
        package var nodes: Int
        package init(bytes: Int = 65_536, depth: Int = 8, members: Int = 128, nodes: Int = 4_096) {
            self.bytes = bytes
            self.depth = depth
            self.members = members
            self.nodes = nodes
        }
    }

    /// Why a text was refused. Says where and what, never what stands there.
    package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        package let reason: String
        /// Bytes from the start.
        package let offset: Int
        package var description: String { "\(reason) at byte \(offset)" }
    }

    package enum Kind: UInt8, Sendable { case object, array, string, number, `true`, `false`, null }

    /// A value (or a member's name) of the document that made it.
    package struct Node: Sendable, Equatable {
        let index: Int
    }

    struct Entry: Sendable {
        var kind: Kind
        /// A string that has a backslash in it.
        var isEscaped = false
        /// For strings without the quotes.
        var start: Int32
        var end: Int32
        /// The entry behind this value and all that is in it.
        var next: Int32
    }

    package let bytes: [UInt8]
    let entries: [Entry]

    /// Reads one JSON text, with white space around it allowed.
    package init(_ bytes: [UInt8], limits: Limits = Limits()) throws(Fault) {
        var parser = StrictJSONParser(bytes: bytes, limits: limits)
        self.entries = try parser.parse()
        self.bytes = bytes
    }

    package var root: Node { Node(index: 0) }

    package func kind(_ node: Node) -> Kind { entries[node.index].kind }

    /// The value's own bytes as they stand in the text; for a string without its quotes, escapes undone by nobody.
    package func raw(_ node: Node) -> ArraySlice<UInt8> {
        bytes[Int(entries[node.index].start)..<Int(entries[node.index].end)]
    }

    /// Members in their order; empty for what is no object.
    package func members(_ object: Node) -> Members {
        let entry = entries[object.index]
        return Members(json: self, upcoming: object.index + 1, end: entry.kind == .object ? Int(entry.next) : 0)
    }

    /// Elements in their order; empty for what is no array.
    package func elements(_ array: Node) -> Elements {
        let entry = entries[array.index]
        return Elements(json: self, upcoming: array.index + 1, end: entry.kind == .array ? Int(entry.next) : 0)
    }

    /// The member of that name, or nil; nil too for what is no object.
    package func member(_ object: Node, _ name: StaticString) -> Node? {
        for (key, value) in members(object) where equals(key, name) { return value }
        return nil
    }

    /// The text of a string (or name), nil for another kind.
    package func string(_ node: Node) -> String? {
        let entry = entries[node.index]
        guard entry.kind == .string else { return nil }
        if !entry.isEscaped {
            return bytes.withUnsafeBufferPointer {
                String(decoding: UnsafeBufferPointer(rebasing: $0[Int(entry.start)..<Int(entry.end)]), as: UTF8.self)
            }
        }
        return String(decoding: unescaped(entry), as: UTF8.self)
    }

    /// The UTF-8 of a string with its escapes undone, nil for another kind.
    package func utf8(_ node: Node) -> [UInt8]? {
        let entry = entries[node.index]
        guard entry.kind == .string else { return nil }
        return entry.isEscaped ? unescaped(entry) : Array(raw(node))
    }

    /// Whether a string (or name) is these bytes; false for another kind. Allocates for escaped strings alone.
    package func equals(_ node: Node, _ utf8: [UInt8]) -> Bool {
        utf8.withUnsafeBufferPointer { equals(node, $0) }
    }

    /// Whether a string (or name) is this text; false for another kind. Allocates for escaped strings alone.
    package func equals(_ node: Node, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { equals(node, $0) }
    }

    /// The whole number that is not above a JSON number (RFC 7519's NumericDate may have a fraction), read exactly.
    /// - Returns: nil for another kind, and beyond ±2^53, where readers stop agreeing on a number (RFC 8259 §6).
    package func floor(_ node: Node) -> Int64? {
        let entry = entries[node.index]
        guard entry.kind == .number else { return nil }
        return JSONNumber.floor(bytes[Int(entry.start)..<Int(entry.end)])
    }

    /// A JSON number that is spelled as a whole one, without fraction or exponent; nil else and beyond ±2^53.
    package func integer(_ node: Node) -> Int64? {
        let isWhole = raw(node).allSatisfy {
            $0 == UInt8(ascii: "-") || $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")
        }
        return isWhole ? floor(node) : nil
    }

    private func equals(_ node: Node, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let entry = entries[node.index]
        guard entry.kind == .string else { return false }
        if entry.isEscaped { return unescaped(entry).elementsEqual(text) }
        let start = Int(entry.start)
        guard Int(entry.end) - start == text.count else { return false }
        for index in 0..<text.count where bytes[start + index] != text[index] { return false }
        return true
    }

    private func unescaped(_ entry: Entry) -> [UInt8] {
        JSONEscapes.undone(bytes, Int(entry.start)..<Int(entry.end))
    }
}

extension StrictJSON {
    package struct Members: Sequence, IteratorProtocol {
        let json: StrictJSON
        var upcoming: Int
        let end: Int
        package mutating func next() -> (name: Node, value: Node)? {
            guard upcoming < end else { return nil }
            let name = Node(index: upcoming)
            upcoming = Int(json.entries[upcoming + 1].next)
            return (name, Node(index: name.index + 1))
        }
    }

    package struct Elements: Sequence, IteratorProtocol {
        let json: StrictJSON
        var upcoming: Int
        let end: Int
        package mutating func next() -> Node? {
            guard upcoming < end else { return nil }
            let node = Node(index: upcoming)
            upcoming = Int(json.entries[upcoming].next)
            return node
        }
    }
}

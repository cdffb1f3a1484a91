/// Reads the YAML that people write by hand, and all of JSON, into `YAMLNode`s: the block structure.
///
/// Not a library's reader: each of those for Swift brings Foundation into the gateway (`scripts/check-linkage`), and
/// reads far more than a configuration needs. What two readers could understand differently is refused here with its
/// place: tags, merge keys, texts over several lines, tabs that indent, a key that stands twice, a second document.
/// Tests hold it to Yams: whatever this accepts, that one reads the same way.
package struct YAMLReader {
    /// Bytes, levels, and nodes with every alias written out.
    package static let maximumBytes = 1_048_576
    static let maximumDepth = 16
    static let maximumNodes = 65_536

    let bytes: [UInt8]
    var index = 0
    var line = 1
    var lineStart = 0
    var anchors: [String: YAMLNode] = [:]
    var weight = 0
    /// Lists and mappings of lines that have begun and not ended.
    var openBlocks = 0
    /// What is wrong without hiding the rest: keys that stand twice.
    var faults: [RoutesFault] = []

    /// Continuation bytes of UTF-8 before each place, which are no columns; empty for ASCII.
    let continuations: [Int32]

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.contains(where: { $0 >= 0x80 }) else {
            continuations = []
            return
        }
        var count: Int32 = 0
        continuations =
            bytes.map { byte in
                defer { if byte & 0xC0 == 0x80 { count += 1 } }
                return count
            } + [count]
    }

    /// - Throws: every fault of the text; of its syntax the first, as what follows can't be told.
    package static func read(_ bytes: [UInt8]) throws(RoutesFile.Faults) -> YAMLNode {
        var faults: [RoutesFault] = []
        do throws(RoutesFault) {
            try YAMLCharacters.check(bytes)
            var reader = YAMLReader(bytes)
            do throws(RoutesFault) {
                let node = try reader.document()
                if reader.faults.isEmpty { return node }
            } catch {
                reader.faults.append(error)
            }
            faults = reader.faults
        } catch {
            faults = [error]
        }
        throw RoutesFile.Faults(faults: faults)
    }

    // MARK: the document

    private mutating func document() throws(RoutesFault) -> YAMLNode {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            index = 3
            lineStart = 3
        }
        try skipToContent()
        if byte == UInt8(ascii: "%"), indent == 0 {
            throw fault("a directive, which is not read here", "leave the line away")
        }
        if isMarker(UInt8(ascii: "-")) {
            index += 3
            try endLine()
            try skipToContent()
        }
        guard byte != nil, !isAtMarker else { throw fault("there is nothing in it", "write a list of routes") }
        let node = try value(behind: .document, parent: -1, depth: 0)
        try skipToContent()
        if isMarker(UInt8(ascii: ".")) {
            index += 3
            try endLine()
            try skipToContent()
        }
        if byte == nil { return node }
        throw isMarker(UInt8(ascii: "-"))
            ? fault("a second document begins", "put it into a file of its own")
            : fault("this belongs to nothing above it", "indent it as its neighbours are")
    }

    enum Opener { case document, key, dash }

    /// What stands behind `key:` or `-`, on that line or below it.
    private mutating func value(behind opener: Opener, parent: Int, depth: Int) throws(RoutesFault) -> YAMLNode {
        let place = position
        if opener == .dash {
            while byte == space { index += 1 }
            guard byte != tab else { throw fault("a tab stands behind the dash", "write a space") }
        } else {
            skipBlanks()
        }
        var anchor: String?
        if byte == UInt8(ascii: "&") {
            anchor = try anchorName()
            skipBlanks()
        }
        let node: YAMLNode
        if isAtLineEnd || isAtComment {
            try skipToContent()
            let isBeside = opener == .key && indent == parent && isAtDash
            if byte != nil, !isAtMarker, indent > parent || isBeside {
                node = try content(depth: depth, allowsCollection: true)
            } else {
                node = try counted(YAMLNode(.scalar("", isPlain: true), at: place))
            }
        } else {
            node = try content(depth: depth, allowsCollection: opener != .key && anchor == nil)
        }
        if let anchor { anchors[anchor] = node }
        return node
    }

    /// - Parameter allowsCollection: whether a list or mapping of lines may begin here.
    private mutating func content(depth: Int, allowsCollection: Bool) throws(RoutesFault) -> YAMLNode {
        let place = position
        let column = indent
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            let node = try flow(depth: depth)
            try endLine()
            return node
        case UInt8(ascii: "*"):
            let node = try alias(depth: depth)
            try endLine()
            return node
        case UInt8(ascii: "-") where isAtDash:
            guard allowsCollection else {
                throw fault("a list begins on its key's own line", "begin it on the next line")
            }
            return try blockList(column: column, depth: depth)
        default: break
        }
        let scalar = try scalar(inFlow: false)
        let end = index
        skipBlanks()
        if byte == UInt8(ascii: ":"), isBlankOrEnd(index + 1) {
            guard allowsCollection else {
                throw fault(
                    "a mapping begins on the line of its key or anchor",
                    "begin it on the next line, or quote a text that has a colon in it", at: place)
            }
            return try blockMap(column: column, firstKey: scalar.text, at: place, depth: depth)
        }
        index = end
        try endLine()
        return try counted(YAMLNode(.scalar(scalar.text, isPlain: scalar.isPlain), at: place))
    }

    private mutating func blockList(column: Int, depth: Int) throws(RoutesFault) -> YAMLNode {
        let place = position
        try check(depth: depth)
        openBlocks += 1
        defer { openBlocks -= 1 }
        var list: [YAMLNode] = []
        repeat {
            index += 1
            list.append(try value(behind: .dash, parent: column, depth: depth + 1))
        } while try isAtSibling(column: column) && isAtDash
        return try counted(YAMLNode(.list(list), at: place))
    }

    private mutating func blockMap(
        column: Int, firstKey: String, at place: TextPosition, depth: Int
    ) throws(RoutesFault) -> YAMLNode {
        try check(depth: depth)
        openBlocks += 1
        defer { openBlocks -= 1 }
        var members: [YAMLNode.Member] = []
        var seen: Set<String> = []
        var key = (text: firstKey, position: place)
        while true {
            // At the colon.
            index += 1
            let value = try value(behind: .key, parent: column, depth: depth + 1)
            add(YAMLNode.Member(key: key.text, position: key.position, value: value), to: &members, &seen)
            guard try isAtSibling(column: column) else { break }
            key = try blockKey()
        }
        return try counted(YAMLNode(.map(members), at: place))
    }

    private mutating func blockKey() throws(RoutesFault) -> (text: String, position: TextPosition) {
        let place = position
        guard !isAtDash else {
            throw fault("a list entry stands between the members of a mapping", "indent it, or move it")
        }
        let scalar = try scalar(inFlow: false)
        skipBlanks()
        guard byte == UInt8(ascii: ":"), isBlankOrEnd(index + 1) else {
            throw fault("a line without a colon and a space", "write \"name: value\"", at: place)
        }
        return (scalar.text, place)
    }

    /// Whether the next content belongs to the same collection; it may end here, but not go on in between.
    private mutating func isAtSibling(column: Int) throws(RoutesFault) -> Bool {
        try skipToContent()
        guard byte != nil, !isAtMarker, indent >= column else { return false }
        guard indent == column else {
            throw fault(
                "this is indented more than what it could belong to",
                "indent it as its neighbours are; a text stays on one line")
        }
        return true
    }
}

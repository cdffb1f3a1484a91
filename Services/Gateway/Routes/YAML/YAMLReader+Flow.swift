/// Lists and mappings in brackets, and so all of JSON.
extension YAMLReader {
    mutating func flow(depth: Int) throws(RoutesFault) -> YAMLNode {
        switch byte {
        case UInt8(ascii: "["): return try flowList(depth: depth)
        case UInt8(ascii: "{"): return try flowMap(depth: depth)
        case UInt8(ascii: "*"): return try alias(depth: depth)
        case UInt8(ascii: "&"):
            let name = try anchorName()
            try skipInFlow()
            guard byte != UInt8(ascii: "&"), byte != UInt8(ascii: "*") else {
                throw fault("an anchor or alias behind an anchor", "keep one of them")
            }
            let node = try flow(depth: depth)
            anchors[name] = node
            return node
        default:
            let place = position
            let scalar = try scalar(inFlow: true)
            return try counted(YAMLNode(.scalar(scalar.text, isPlain: scalar.isPlain), at: place))
        }
    }

    private mutating func flowList(depth: Int) throws(RoutesFault) -> YAMLNode {
        let place = position
        try check(depth: depth)
        var list: [YAMLNode] = []
        index += 1
        try skipInFlow()
        while byte != UInt8(ascii: "]") {
            list.append(try flow(depth: depth + 1))
            try separator(UInt8(ascii: "]"), openedAt: place)
        }
        index += 1
        return try counted(YAMLNode(.list(list), at: place))
    }

    private mutating func flowMap(depth: Int) throws(RoutesFault) -> YAMLNode {
        let place = position
        try check(depth: depth)
        var members: [YAMLNode.Member] = []
        var seen: Set<String> = []
        index += 1
        try skipInFlow()
        while byte != UInt8(ascii: "}") {
            let keyPlace = position
            let key = try scalar(inFlow: true)
            skipBlanks()
            guard byte == UInt8(ascii: ":"), !key.isPlain || isBlankOrEnd(index + 1) else {
                throw fault("a colon and a space are missing behind this name", "write \"name: value\"", at: keyPlace)
            }
            index += 1
            try skipInFlow()
            let value = try flow(depth: depth + 1)
            add(YAMLNode.Member(key: key.text, position: keyPlace, value: value), to: &members, &seen)
            try separator(UInt8(ascii: "}"), openedAt: place)
        }
        index += 1
        return try counted(YAMLNode(.map(members), at: place))
    }

    /// A comma, or the bracket that closes.
    private mutating func separator(_ closing: UInt8, openedAt place: TextPosition) throws(RoutesFault) {
        try skipInFlow()
        if byte == UInt8(ascii: ",") {
            index += 1
            return try skipInFlow()
        }
        guard byte != nil else {
            throw fault("the bracket of line \(place.line), column \(place.column) is not closed", "close it")
        }
        guard byte == closing else {
            throw fault("neither a comma nor the bracket that closes this", "write the one that is missing")
        }
    }
}

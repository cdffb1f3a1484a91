/// What lines and brackets share: members, aliases, and the bounds of both.
extension YAMLReader {
    mutating func add(_ member: YAMLNode.Member, to members: inout [YAMLNode.Member], _ seen: inout Set<String>) {
        if member.key == "<<" {
            faults.append(
                RoutesFault(
                    member.position, "a merge key, which is not read here", "write the members out, or use \"defaults\""
                ))
        } else if seen.insert(member.key).inserted {
            members.append(member)
        } else {
            faults.append(
                RoutesFault(member.position, "\"\(member.key)\" stands twice in this mapping", "keep one of them"))
        }
    }

    mutating func alias(depth: Int) throws(RoutesFault) -> YAMLNode {
        let place = position
        let name = try anchorName()
        guard let node = anchors[name] else {
            throw fault("the alias *\(name) names no anchor above it", "define &\(name) before", at: place)
        }
        weight += node.weight
        guard weight <= Self.maximumNodes, depth + node.height <= Self.maximumDepth else {
            throw fault("aliases make this file too large", "use fewer of them", at: place)
        }
        return node
    }

    mutating func anchorName() throws(RoutesFault) -> String {
        let place = position
        index += 1
        let start = index
        while let byte, isWordByte(byte) { index += 1 }
        let closings = [UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")]
        let ends = isBlankOrEnd(index) || closings.contains(bytes[index])
        guard index > start, index - start <= 64, ends
        else { throw fault("an anchor's name that is not read here", "use letters, digits, - and _", at: place) }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    mutating func counted(_ node: YAMLNode) throws(RoutesFault) -> YAMLNode {
        weight += 1
        guard weight <= Self.maximumNodes else {
            throw fault("more than \(Self.maximumNodes) values", "split the file's purpose", at: node.position)
        }
        return node
    }

    func check(depth: Int) throws(RoutesFault) {
        guard depth < Self.maximumDepth else {
            throw fault("nested more than \(Self.maximumDepth) levels deep", "no member needs that")
        }
    }

    func fault(_ problem: String, _ mend: String, at place: TextPosition? = nil) -> RoutesFault {
        RoutesFault(place ?? position, problem, mend)
    }
}

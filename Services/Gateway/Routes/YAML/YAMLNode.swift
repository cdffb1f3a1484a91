/// A place in a text file, both from 1; columns count Unicode scalars.
package struct TextPosition: Hashable, Sendable, Comparable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// What a file says at a place: anchors resolved, each node with its position.
package struct YAMLNode: Sendable {
    package struct Member: Sendable {
        package let key: String
        package let position: TextPosition
        package let value: YAMLNode
    }

    package enum Content: Sendable {
        /// - Parameter isPlain: without quotes, so that it may stand for something else than a text.
        case scalar(String, isPlain: Bool)
        case list([YAMLNode])
        case map([Member])
    }

    package let content: Content
    package let position: TextPosition
    /// Nodes from here down, as if aliases were written out.
    let weight: Int
    /// Of the tree from here down; 1 for a scalar.
    let height: Int

    init(_ content: Content, at position: TextPosition) {
        self.content = content
        self.position = position
        let children: [YAMLNode] =
            switch content {
            case .scalar: []
            case .list(let list): list
            case .map(let members): members.map(\.value)
            }
        weight = children.reduce(1) { $0 + $1.weight }
        height = 1 + (children.map(\.height).max() ?? 0)
    }

    /// `~`, `null`, or nothing at all (YAML 1.2 §10.2.1.1).
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// For messages.
    package var kindName: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a single value"
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}

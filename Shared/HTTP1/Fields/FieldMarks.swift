/// What a reader was told about a field's name, and what the head says about it.
package struct FieldMarks: OptionSet, Equatable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// In the first group of names that the table was made with: a gateway's own, closed to clients.
    package static let managed = FieldMarks(rawValue: 1 << 0)
    /// In the second group: what proxies say about the way of a request.
    package static let forwarding = FieldMarks(rawValue: 1 << 1)
    /// RFC 9110 §7.6.1: `Connection` names it, so it ends at this hop.
    package static let namedByConnection = FieldMarks(rawValue: 1 << 7)
}

/// Names that get a mark in every spelling: in any case, and with any other byte than a letter or digit for `-`, as
/// upstreams behind CGI or WSGI read them all as one variable.
package struct FieldNameGroup: Sendable {
    package let marks: FieldMarks
    /// Whole names of at most 32 bytes.
    package let names: [String]
    /// Beginnings of at most 16 bytes: `x-user-` marks `X-User-Id` and `X_User_`.
    package let families: [String]

    package init(_ marks: FieldMarks, names: [String], families: [String] = []) {
        self.marks = marks
        self.names = names
        self.families = families
    }
}

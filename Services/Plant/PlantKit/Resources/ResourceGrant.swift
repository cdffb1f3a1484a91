package import Storage

/// What a caller may do with one kind of resource.
package struct ResourceGrant: Sendable {
    package enum Action: String, Sendable, CaseIterable { case list, read, create, replace, patch, delete }

    package let actions: Set<Action>
    package let reach: Reach
    /// Fields that a patch may name; nil: all of them.
    package let patchable: Set<String>?

    package init(actions: Set<Action>, reach: Reach = .all, patchable: Set<String>? = nil) {
        self.actions = actions
        self.reach = reach
        self.patchable = patchable
    }

    package static let everything = ResourceGrant(actions: Set(Action.allCases))
    package static let looking = ResourceGrant(actions: [.list, .read])
    package static let nothing = ResourceGrant(actions: [])
}

/// Which rows exist for a caller: to them the others do not, whatever the statement.
package enum Reach: Sendable, Equatable {
    case all
    /// Names of columns come from code; what a caller brings stands in arguments.
    case rows(where: String, [SQLValue])

    package static func only(id: String) -> Reach { .rows(where: "id = ?", [.text(id)]) }
}

import Tokens

/// Who a verified token speaks of, as the plant's resources see them.
struct Caller: Sendable {
    enum Standing: Sendable, Equatable {
        /// Platform people who may change things: `super_admin`, `admin`, `operator`.
        case staff
        /// Platform people who may look: `viewer`.
        case reader
        /// A customer's own user; the id is that of an active customer of this plant.
        case customer(id: String)
        /// A verified token whose roles mean nothing here.
        case other
    }

    let identity: Identity
    let standing: Standing
}

/// What a caller may do with one kind of resource.
struct ResourceGrant: Sendable, Equatable {
    enum Action: Sendable, CaseIterable { case list, read, create, replace, patch, delete }
    enum Reach: Sendable, Equatable {
        case all
        /// To this caller the others do not exist.
        case only(id: String)
    }

    let actions: Set<Action>
    let reach: Reach
    /// Fields that a patch may name; nil: all of them.
    let patchable: Set<String>?

    static let everything = ResourceGrant(actions: Set(Action.allCases), reach: .all, patchable: nil)
    static let looking = ResourceGrant(actions: [.list, .read], reach: .all, patchable: nil)
    static let nothing = ResourceGrant(actions: [], reach: .all, patchable: nil)

    func reaches(_ id: String) -> Bool {
        switch reach {
        case .all: true
        case .only(let own): own == id
        }
    }
}

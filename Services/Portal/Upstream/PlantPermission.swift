import Tokens

/// What the plant's roles may do, of all that its permissions name: those that the pages have forms and links for.
enum PlantPermission: String, CaseIterable, Sendable {
    case viewFarms = "farm.view"
    case operateFarms = "farm.operate"
    case manageFarms = "farm.manage"
    case viewCustomers = "customers.view"
    case changeCustomers = "customers.change"
    case suspendCustomers = "customers.suspend"
    case mergeCustomers = "customers.merge"
    case exportCustomers = "customers.export"
    case eraseCustomers = "customers.erase"
    case changeSkills = "skills.change"
}

/// What the plant told that a set of roles may do. The plant decides by it again, and by more than it, with each request:
/// this is for what menus and pages offer.
struct PlantPermissions: Sendable, Equatable {
    private let allowed: Set<PlantPermission>?

    /// Of a plant that does not know the question yet. Nothing that isn't known to be allowed is offered.
    static let untold = PlantPermissions(allowed: nil)

    init(_ allowed: Set<PlantPermission>) { self.init(allowed: allowed) }

    private init(allowed: Set<PlantPermission>?) { self.allowed = allowed }

    /// Names that no page asks about are left out, so that an answer of any length keeps little.
    init(names: [String]) { self.init(Set(names.compactMap(PlantPermission.init(rawValue:)))) }

    var isTold: Bool { allowed != nil }

    func may(_ permission: PlantPermission) -> Bool { allowed?.contains(permission) ?? false }
}

extension PlantAPI {
    private struct OwnPermissions: Decodable, Sendable {
        var data: [String]
    }

    /// What the visitor's roles may do at the plant, no more than `PermissionCache.lifetime` old.
    func permissions(of visitor: Visitor) async throws(PlantFailure) -> PlantPermissions {
        try await permissionCache.permissions(of: Set(visitor.identity.roles), now: visitor.now) {
            () async throws(PlantFailure) in try await askPermissions(visitor)
        }
    }

    /// What the plant told of the visitor's roles last, however long ago: it is asked again for the next one who comes.
    func lastPermissions(of visitor: Visitor) -> PlantPermissions? {
        let roles = Set(visitor.identity.roles)
        permissionCache.renew(roles, now: visitor.now) {
            () async throws(PlantFailure) in try await askPermissions(visitor)
        }
        return permissionCache.last(of: roles)
    }

    private func askPermissions(_ visitor: Visitor) async throws(PlantFailure) -> PlantPermissions {
        do throws(PlantFailure) {
            let own = try await get(PlantPath("/api/v1/permissions/own"), as: OwnPermissions.self, for: visitor)
            return PlantPermissions(names: own.data)
        } catch .notFound {
            // A plant that is still to be upgraded: its pages are shown, and nothing is offered on them.
            return .untold
        }
    }
}

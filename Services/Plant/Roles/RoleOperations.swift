import Contracts
import HTTPKit
import PlantKit
import Storage

/// What roles may do, and its change: nobody gives away what they do not have.
struct RoleOperations: Sendable {
    private let book = RoleBook()

    struct PermissionEntry: Codable, Equatable, Sendable {
        let permission: String
        let module: String
        let description: String
        let roles: [String]
    }

    struct PermissionList: Codable, Equatable, Sendable {
        let data: [PermissionEntry]
    }

    struct OwnPermissions: Codable, Equatable, Sendable {
        /// In the order of the alphabet.
        let data: [String]
    }

    func add(to routes: ModuleRoutes) {
        routes.add(
            Operation(
                "listOwnPermissions", .get, "/api/v1/permissions/own", summary: "Tells what the token's roles may do.",
                details: """
                    For those who offer it to people: what is done is decided anew with each request. Tokens of one set \
                    of roles get the same answer.
                    """, tag: routes.tag, access: .anyToken, answers: [.ok(.of(OwnPermissions.self))])
        ) { request, _ in
            try .json(OwnPermissions(data: request.caller.permissions.sorted()))
        }
        routes.add(
            Operation(
                "listPermissions", .get, "/api/v1/permissions", summary: "Lists what roles may do.", tag: routes.tag,
                access: .permission(CorePermissions.viewRoles), answers: [.ok(.of(PermissionList.self))])
        ) { _, transaction in
            let entries = try await book.entries(in: transaction)
            return try .json(
                PermissionList(
                    data: entries.map {
                        PermissionEntry(
                            permission: $0.permission, module: $0.module, description: $0.description,
                            roles: $0.roles)
                    }))
        }
        routes.add(
            Operation(
                "grantPermission", .put, path, summary: "Lets a role do something.",
                details: "Nobody grants what their own roles do not hold.", tag: routes.tag,
                access: .permission(CorePermissions.changeRoles), answers: [.noContent],
                refusals: [.forbidden, .conflict])
        ) { request, transaction in
            let (role, permission) = try await named(request, transaction)
            do {
                try await book.grant(permission, to: role, in: transaction)
            } catch RoleBook.Fault.unknownPermission {
                throw Refusal(.notFound, "There is no such permission.")
            } catch RoleBook.Fault.notForCustomers {
                throw Refusal(
                    .conflict, "This permission reaches beyond a customer's own, and \(role) is a customer role.")
            }
            return .nothing
        }
        routes.add(
            Operation(
                "revokePermission", .delete, path, summary: "Lets a role do something no more.",
                details: "super_admin may always do everything.", tag: routes.tag,
                access: .permission(CorePermissions.changeRoles), answers: [.noContent], refusals: [.forbidden])
        ) { request, transaction in
            let (role, permission) = try await named(request, transaction)
            try await book.revoke(permission, from: role, in: transaction)
            return .nothing
        }
    }

    private let path = "/api/v1/roles/{role}/permissions/{permission}"

    private func named(
        _ request: APIRequest, _ transaction: any SQLTransaction
    ) async throws -> (role: String, permission: String) {
        let role = try request.id("role", of: "role")
        let permission = try request.id("permission", of: "permission")
        guard try await book.knows(permission, in: transaction) else {
            throw Refusal(.notFound, "There is no such permission.")
        }
        guard request.caller.may(permission) else {
            throw Refusal(.forbidden, "You may not decide on what you may not do yourself.")
        }
        return (role, permission)
    }
}

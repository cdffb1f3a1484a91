import PlantKit

/// Farms and their staff, crops.
enum FarmOperations {
    struct Staff: Codable, Sendable, Equatable {
        let data: [StaffMember]
    }

    private static let staffRole: @Sendable (inout FieldReader) -> String = { fields in
        let role = fields.text("role", length: 1...32)
        fields.check("role", role, .slug)
        return role
    }

    static func add(to routes: ModuleRoutes) {
        routes.add(
            ResourceOperations(Farm.self, plural: "farms", access: .permission(FarmPermissions.view)))
        routes.add(
            ResourceOperations(Crop.self, plural: "crops", access: .permission(FarmPermissions.view)))
        routes.look(
            Operation(
                "listStaff", .get, routes.path("farms/{id}/staff"), summary: "Lists who works at a farm.",
                tag: routes.tag, access: .permission(FarmPermissions.view), answers: [.ok(.of(Staff.self))])
        ) { records, request in
            let farm = try await records.farm(try request.id(of: "farm"))
            return try .json(Staff(data: try await records.staff(of: farm.id)))
        }
        routes.add(
            Operation(
                "setStaff", .put, routes.path("farms/{id}/staff/{subject}"),
                summary: "Adds somebody to a farm, or gives them another role.", tag: routes.tag,
                access: .permission(FarmPermissions.manage),
                body: .json(.fields(staffRole)),
                answers: [.ok(.of(StaffMember.self))])
        ) { request, transaction in
            let role = try request.body(staffRole)
            return try await FarmRefusals.refusing {
                try .json(
                    try await FarmWork(request, transaction).setStaff(
                        request.id("subject", of: "subject"), role: role, of: request.id(of: "farm")))
            }
        }
        routes.add(
            Operation(
                "removeStaff", .delete, routes.path("farms/{id}/staff/{subject}"),
                summary: "Takes somebody off a farm.", tag: routes.tag, access: .permission(FarmPermissions.manage),
                answers: [.noContent])
        ) { request, transaction in
            try await FarmRefusals.refusing {
                try await FarmWork(request, transaction).removeStaff(
                    request.id("subject", of: "subject"), of: request.id(of: "farm"))
                return .nothing
            }
        }
    }
}

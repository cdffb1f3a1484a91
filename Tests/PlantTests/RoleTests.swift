import HTTPTypes
import PlantKit
import PlantTesting
import TestSupport
import Testing
import Tokens

@testable import Plant

@Suite("What roles may do", .timeLimit(.minutes(10)))
struct RoleTests {
    private func path(_ role: String, _ permission: String) -> String {
        "/api/v1/roles/\(role)/permissions/\(permission)"
    }

    @Test("a module's permissions land here, and what an administrator decides holds at once")
    func moduleRoles() async throws {
        try await PlantFixture.use(modules: [NotesModule.self]) { plant in
            let admin = try plant.token("admin")
            let writer = try plant.token("scribe", subject: "u-2")
            let note = #"{"content":"x"}"#
            let list = try await plant.send(.get, "/api/v1/permissions", token: admin)
            #expect(list.items("permission").contains("notes.write"))
            #expect(try await plant.send(.post, "/api/v1/notes", token: writer, json: note).code == "forbidden")
            let granted = try await plant.send(.put, path("scribe", "notes.write"), token: admin)
            #expect(granted.status == .noContent)
            #expect(try await plant.send(.post, "/api/v1/notes", token: writer, json: note).status == .created)
            let again = try await plant.send(.put, path("scribe", "notes.write"), token: admin)
            #expect(again.status == .noContent)
            _ = try await plant.send(.delete, path("scribe", "notes.write"), token: admin)
            #expect(try await plant.send(.post, "/api/v1/notes", token: writer, json: note).code == "forbidden")
        }
    }

    @Test("what was taken from a default role does not come back with the next start")
    func defaultsOnce() async throws {
        try await PlantFixture.use { plant in
            let root = try plant.token("super_admin")
            _ = try await plant.send(.delete, path("viewer", "customers.view"), token: root)
            let viewer = try plant.token("viewer")
            #expect(try await plant.send(.get, "/api/v1/customers", token: viewer).code == "forbidden")
            try await plant.plant.database.write {
                try await RoleBook().declare(CorePermissions.all, module: ModuleRequirement.core, in: $0)
            }
            #expect(try await plant.send(.get, "/api/v1/customers", token: viewer).code == "forbidden")
        }
    }

    @Test("nobody gives away what they do not have, and customers get no platform permission")
    func escalation() async throws {
        try await PlantFixture.use(modules: [NotesModule.self]) { plant in
            let root = try plant.token("super_admin")
            _ = try await plant.send(.put, path("clerk", "roles.change"), token: root)
            let clerk = try plant.token("clerk", subject: "u-3")
            #expect(try await plant.send(.put, path("clerk", "audit.view"), token: clerk).code == "forbidden")
            #expect(try await plant.send(.delete, path("admin", "audit.view"), token: clerk).code == "forbidden")
            #expect(try await plant.send(.put, path("customer", "customers.view"), token: root).code == "conflict")
            #expect(try await plant.send(.put, path("customer_x", "notes.write"), token: root).code == "conflict")
            #expect(try await plant.send(.put, path("customer", "notes.view"), token: root).status == .noContent)
            #expect(try await plant.send(.put, path("clerk", "no.such"), token: root).code == "not_found")
            #expect(
                try await plant.send(.put, path("viewer", "notes.view"), token: plant.token("viewer")).code
                    == "forbidden")
        }
    }

    @Test("super_admin can't be locked out")
    func noLockOut() async throws {
        try await PlantFixture.use { plant in
            let root = try plant.token("super_admin")
            for role in ["super_admin", "admin"] {
                let answer = try await plant.send(.delete, path(role, "roles.change"), token: root)
                #expect(answer.status == .noContent)
            }
            #expect(try await plant.send(.put, path("admin", "roles.change"), token: root).status == .noContent)
        }
    }

    private let own = "/api/v1/permissions/own"

    private func own(_ plant: PlantFixture, _ token: String) async throws -> [String] {
        let answer = try await plant.send(.get, own, token: token)
        #expect(answer.status == .ok, "\(answer.text)")
        return try answer.decoded(RoleOperations.OwnPermissions.self).data
    }

    @Test(
        "everybody hears what their own roles may do, in order, and of no other role",
        arguments: [
            (["viewer"], ["customers.view", "modules.view"]), (["helpdesk_agent"], ["customers.view"]),
            (["viewer", "agent_orchestrator"], ["customers.view", "modules.view", "skills.change"]),
            (["super_admin"], CorePermissions.all.map(\.name).sorted()), (["somebody"], []),
        ])
    func ownPermissions(roles: [String], permissions: [String]) async throws {
        try await PlantFixture.use { plant in
            let issued = try TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: 900).issue(
                AccessClaims(subject: "u-1", email: "a@example.com", roles: roles, sessionID: "s-1"), ring: plant.ring,
                now: plant.clock.now)
            #expect(try await own(plant, issued.text) == permissions)
        }
    }

    @Test("what an administrator decides is told at once, and is what the plant then does")
    func ownPermissionsChange() async throws {
        try await PlantFixture.use { plant in
            let root = try plant.token("super_admin")
            let viewer = try plant.token("viewer", subject: "u-2")
            let customer = #"{"name":"Ada","email":"ada@example.com"}"#
            _ = try await plant.send(.put, path("viewer", "customers.change"), token: root)
            #expect(try await own(plant, viewer) == ["customers.change", "customers.view", "modules.view"])
            #expect(try await plant.send(.post, "/api/v1/customers", token: viewer, json: customer).status == .created)
            for permission in ["customers.change", "modules.view"] {
                _ = try await plant.send(.delete, path("viewer", permission), token: root)
            }
            #expect(try await own(plant, viewer) == ["customers.view"])
            #expect(try await plant.send(.post, "/api/v1/customers", token: viewer, json: customer).code == "forbidden")
        }
    }

    @Test("a customer hears its own as well; one that is suspended, unknown or without a token hears nothing")
    func ownPermissionsOfCustomers() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let token = try plant.token("customer", customerID: "c-1")
            #expect(try await own(plant, token) == ["customers.export"])
            let suspended = try await plant.send(
                .patch, "/api/v1/customers/c-1", token: plant.token("admin"), headers: [("If-Match", "*")],
                json: #"{"status":"suspended"}"#)
            #expect(suspended.status == .ok)
            #expect(try await plant.send(.get, own, token: token).code == "customer_suspended")
            let unknown = try plant.token("customer", subject: "u-9", customerID: "c-9")
            #expect(try await plant.send(.get, own, token: unknown).code == "customer_unknown")
            #expect(try await plant.send(.get, own).code == "missing_token")
        }
    }
}

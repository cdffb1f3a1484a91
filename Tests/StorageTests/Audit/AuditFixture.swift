@testable import Storage

let auditLog = AuditLog(table: "audit_log")

extension AuditLog {
    func prepare(_ database: any Storage.Database, id: String = "log-a") async throws {
        try await database.migrate([Migration(id: "0001", statements: statements)], namespace: "test")
        try await establish(id: id, in: database)
    }

    @discardableResult
    func append(_ record: AuditRecord, to database: any Storage.Database) async throws -> AuditHead {
        try await database.write { try await append(record, $0) }
    }

    /// Entries at seconds 1, 2, 3, …
    func fill(_ count: Int, of database: any Storage.Database) async throws {
        try await database.write { transaction in
            for number in 1...count { try await append(.numbered(number), transaction) }
        }
    }

    func head(of database: any Storage.Database) async throws -> AuditHead {
        try await database.read { try await head($0) }
    }

    func page(
        _ database: any Storage.Database, _ query: AuditQuery = AuditQuery(), limit: Int = 100
    ) async throws -> AuditPage {
        try await database.read { try await page(query, limit: limit, $0) }
    }
}

extension AuditRecord {
    static func numbered(_ number: Int) -> AuditRecord {
        AuditRecord(
            at: Int64(number), actor: number.isMultiple(of: 2) ? "even" : "odd", issuer: "lockstep-platform",
            roles: ["operator", "admin"], action: number.isMultiple(of: 3) ? "customers.suspend" : "farm.createFarm",
            resource: .init(kind: "farm", id: "f\(number)"),
            outcome: number.isMultiple(of: 5) ? .refused("forbidden") : .done, requestID: "r\(number)",
            address: "192.0.2.1", details: #"{"number":\#(number)}"#)
    }
}

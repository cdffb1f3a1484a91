import Storage

/// Something that the plant keeps a table of: it can be listed, read, created, replaced, patched and softly deleted,
/// with the same rules whatever it is. `ResourceStore` and `ResourceRoutes` do the work; a conformance says what is
/// particular.
protocol Resource: Codable, Sendable {
    associatedtype Draft: ResourceDraft

    static var schema: ResourceSchema { get }

    var id: String { get }
    /// Grows by one with each change; the entity tag is made of it.
    var version: Int64 { get }
    var draft: Draft { get }

    init(row: SQLRow) throws

    /// What this caller may do at all, before it is known to which one.
    static func grant(for caller: Caller) -> ResourceGrant

    /// Columns that follow from the draft and from other rows.
    /// - Parameter existing: nil for a new one.
    static func derivedColumns(of draft: Draft, replacing existing: Self?, in transaction: any SQLTransaction)
        async throws -> [ResourceColumn]

    /// The same without what this caller must not see.
    func visible(to caller: Caller) -> Self
}

extension Resource {
    static func derivedColumns(
        of draft: Draft, replacing existing: Self?, in transaction: any SQLTransaction
    ) async throws -> [ResourceColumn] { [] }

    func visible(to caller: Caller) -> Self { self }

    var entityTag: EntityTag { EntityTag(version: version) }
}

/// The part of a resource that clients write. Its JSON members are `fields`.
protocol ResourceDraft: Encodable, Sendable {
    static var fields: Set<String> { get }
    /// All columns that the draft fills.
    var columns: [ResourceColumn] { get }
    /// Reads every field and records every fault.
    init(reading fields: inout FieldReader)
}

struct ResourceColumn: Sendable {
    let name: String
    let value: SQLValue
}

/// Which table holds a resource, and what of it lists may be asked for. Names come from here alone, never from a client.
///
/// Besides its own columns each table has `id TEXT`, `version BIGINT`, `created_at BIGINT`, `updated_at BIGINT` (seconds
/// since the epoch) and `deleted_at BIGINT`.
struct ResourceSchema: Sendable {
    /// For messages, e.g. `customer`.
    let name: String
    /// Where it is found, e.g. `/api/v1/customers`.
    let path: String
    let table: String
    /// What reading a row needs.
    let columns: [String]
    /// Query parameter and column at once: the value must be equal.
    let filters: Set<String>
    /// Sort name and column at once.
    let sorts: Set<String>
    let defaultSort: String
    /// Holds lower-case text in which `q` is looked for; nil: no search.
    let searchColumn: String?
    /// What a unique violation names → the field that the client knows.
    let uniqueFields: [String: String]
}

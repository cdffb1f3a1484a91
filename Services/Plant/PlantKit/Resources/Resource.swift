package import HTTPKit
package import Storage

/// Something that the plant keeps a table of: it can be listed, read, created, replaced, patched and softly deleted,
/// with the same rules whatever it is. `ResourceStore` and `ResourceRoutes` do the work; a conformance says what is
/// particular.
package protocol Resource: Codable, Sendable {
    associatedtype Draft: ResourceDraft

    static var schema: ResourceSchema { get }

    var id: String { get }
    /// Grows by one with each change; the entity tag is made of it.
    var version: Int64 { get }

    init(row: SQLRow) throws

    /// What this caller may do at all, before it is known to which one.
    static func grant(for caller: Caller) -> ResourceGrant

    /// Columns that follow from the draft and from other rows. What it throws refuses the change.
    /// - Parameter existing: nil for a new one.
    static func derivedColumns(of draft: Draft, replacing existing: Self?, in change: ResourceChange) async throws
        -> [ResourceColumn]

    /// What else happens in the transaction of a change, last in it.
    /// - Parameters:
    ///   - before: nil for a new one.
    ///   - after: nil for a deleted one.
    static func changed(from before: Self?, to after: Self?, in change: ResourceChange) async throws

    /// How many a list holds, where that is kept and need not be counted; nil: it is counted.
    static func total(of query: ListQuery, reach: Reach, in transaction: any SQLTransaction) async throws -> Int64?

    /// The same without what this caller must not see.
    func visible(to caller: Caller) -> Self

    /// More than "there is no such …" where one is not found; nil: nothing more.
    static func absence(
        of id: String, for caller: Caller, in transaction: any SQLTransaction
    ) async throws -> Refusal?
}

extension Resource {
    package static func derivedColumns(
        of draft: Draft, replacing existing: Self?, in change: ResourceChange
    ) async throws -> [ResourceColumn] { [] }

    package static func changed(from before: Self?, to after: Self?, in change: ResourceChange) async throws {}

    package static func total(
        of query: ListQuery, reach: Reach, in transaction: any SQLTransaction
    ) async throws -> Int64? { nil }

    package func visible(to caller: Caller) -> Self { self }

    package static func absence(
        of id: String, for caller: Caller, in transaction: any SQLTransaction
    ) async throws -> Refusal? { nil }

    package var entityTag: EntityTag { EntityTag(version: version) }
}

/// A change on its way: who asks for it, and the transaction that it is made in.
package struct ResourceChange: Sendable {
    package let request: APIRequest
    package let transaction: any SQLTransaction

    package init(request: APIRequest, transaction: any SQLTransaction) {
        self.request = request
        self.transaction = transaction
    }
}

/// The part of a resource that clients write. Its JSON members are `fields`.
package protocol ResourceDraft: Encodable, Sendable {
    static var fields: Set<String> { get }
    /// All columns that the draft fills.
    var columns: [ResourceColumn] { get }
    /// Reads every field and records every fault.
    init(reading fields: inout FieldReader)
}

package struct ResourceColumn: Sendable {
    package let name: String
    package let value: SQLValue

    package init(name: String, value: SQLValue) {
        self.name = name
        self.value = value
    }
}

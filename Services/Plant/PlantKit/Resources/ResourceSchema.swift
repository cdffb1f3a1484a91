/// Which table holds a resource, and what of it lists may be asked for. Names come from here alone, never from a client.
///
/// Besides its own columns each table has `id TEXT`, `version BIGINT`, `created_at BIGINT`, `updated_at BIGINT` (seconds
/// since the epoch) and `deleted_at BIGINT`.
package struct ResourceSchema: Sendable {
    /// For messages, e.g. `customer`.
    package let name: String
    /// Where it is found, e.g. `/api/v1/customers`.
    package let path: String
    package let table: String
    /// What reading a row needs.
    package let columns: [String]
    package let filters: [ListFilter]
    /// Sort name and column at once.
    package let sorts: Set<String>
    package let defaultSort: String
    /// Holds lower-case text in which `q` is looked for; nil: no search.
    package let searchColumn: String?
    /// What a unique violation names → the field that the client knows.
    package let uniqueFields: [String: String]

    package init(
        name: String, path: String, table: String, columns: [String], filters: [ListFilter] = [],
        sorts: Set<String>, defaultSort: String, searchColumn: String? = nil, uniqueFields: [String: String] = [:]
    ) {
        self.name = name
        self.path = path
        self.table = table
        self.columns = columns
        self.filters = filters
        self.sorts = sorts
        self.defaultSort = defaultSort
        self.searchColumn = searchColumn
        self.uniqueFields = uniqueFields
    }
}

package import HTTPKit
package import ServerKit
import Storage

/// What a list is asked for: filters, search, sort and page, each checked against the schema's own names.
package struct ListQuery: Sendable {
    package struct Sort: Sendable, Equatable {
        package let column: String
        package let isDescending: Bool
    }

    package struct Condition: Sendable {
        package let filter: ListFilter
        package let value: SQLValue
    }

    /// With those that the path brings.
    package internal(set) var conditions: [Condition]
    package let search: String?
    package let sorts: [Sort]
    package let paging: Paging

    /// Bounds on what one filter or search may hold; bytes.
    private static let valueLimit = 254

    /// - Parameter parameters: as they were sent.
    /// - Throws: `invalid_input` naming every parameter that is unknown, repeated or out of bounds.
    package init(parameters: [(name: String, value: String)], schema: ResourceSchema) throws(Refusal) {
        paging = try Paging(parameters: parameters)
        var faults: [String: String] = [:]
        var conditions: [Condition] = []
        var search: String?
        var sorts: [Sort] = []
        var seen: Set<String> = []
        for (name, value) in parameters {
            guard seen.insert(name).inserted else {
                faults[name] = "is given twice"
                continue
            }
            guard value.utf8.count <= Self.valueLimit, !value.utf8.contains(0) else {
                faults[name] = "is longer than \(Self.valueLimit) bytes or holds NUL"
                continue
            }
            switch name {
            case "page", "perPage":
                break
            case "sort":
                let parsed = Self.sorts(value, schema)
                if let parsed { sorts = parsed } else { faults[name] = Self.sortHelp(schema) }
            case "q" where schema.searchColumn != nil:
                search = value.isEmpty ? nil : value.lowercased()
            default:
                guard let filter = schema.filters.first(where: { $0.name == name }) else {
                    faults[name] =
                        "is no parameter of this list; there are \(Self.names(schema).joined(separator: ", "))"
                    continue
                }
                do throws(ListFilter.Problem) {
                    conditions.append(Condition(filter: filter, value: try filter.value(of: value)))
                } catch {
                    faults[name] = error.text
                }
            }
        }
        guard faults.isEmpty else {
            throw Refusal(.invalidInput, "Some parameters can't be accepted.", fields: faults)
        }
        self.conditions = conditions
        self.search = search
        self.sorts = sorts.isEmpty ? Self.sorts(schema.defaultSort, schema) ?? [] : sorts
    }

    /// `-created_at,name`; nil when a name is not in the schema's list.
    private static func sorts(_ text: String, _ schema: ResourceSchema) -> [Sort]? {
        var sorts: [Sort] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isDescending = part.hasPrefix("-")
            let column = String(isDescending ? part.dropFirst() : part)
            guard schema.sorts.contains(column), !sorts.contains(where: { $0.column == column }) else { return nil }
            sorts.append(Sort(column: column, isDescending: isDescending))
        }
        return sorts
    }

    private static func sortHelp(_ schema: ResourceSchema) -> String {
        "takes names of \(schema.sorts.sorted().joined(separator: ", ")), each once, with - before it for descending"
    }

    private static func names(_ schema: ResourceSchema) -> [String] {
        (schema.filters.map(\.name) + ["page", "perPage", "sort"] + (schema.searchColumn == nil ? [] : ["q"])).sorted()
    }
}

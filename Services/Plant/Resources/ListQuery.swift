import HTTPKit
import Hummingbird
import ServerKit
import Storage

/// What a list is asked for: filters, search, sort and page, each checked against the schema's own names.
struct ListQuery: Sendable {
    struct Sort: Sendable, Equatable {
        let column: String
        let isDescending: Bool
    }

    let filters: [ResourceColumn]
    let search: String?
    let sorts: [Sort]
    let paging: Paging

    /// Bounds on what one filter or search may hold; bytes.
    private static let valueLimit = 254

    /// Throws `invalid_input` naming every parameter that is unknown, repeated or out of bounds.
    init(request: Request, schema: ResourceSchema) throws(Refusal) {
        paging = try Paging(request: request)
        var faults: [String: String] = [:]
        var filters: [ResourceColumn] = []
        var search: String?
        var sorts: [Sort] = []
        var seen: Set<String> = []
        for (name, value) in request.uri.queryParameters.map({ (String($0.key), String($0.value)) }) {
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
            case _ where schema.filters.contains(name):
                let isEmail = name == "email"
                filters.append(ResourceColumn(name: name, value: .text(isEmail ? value.lowercased() : value)))
            default:
                let known = schema.filters.union(
                    ["page", "perPage", "sort"] + (schema.searchColumn == nil ? [] : ["q"]))
                faults[name] = "is no parameter of this list; there are \(known.sorted().joined(separator: ", "))"
            }
        }
        guard faults.isEmpty else {
            throw Refusal(.invalidInput, "Some parameters can't be accepted.", fields: faults)
        }
        self.filters = filters
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
}

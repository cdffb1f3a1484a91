/// What a list of records is asked for: in the address, so that it can be sent to somebody, and works without script.
struct RecordFilter: Sendable, Equatable {
    /// A choice or a word that a list takes.
    struct Parameter: Sendable, Equatable {
        let name: String
        /// Nil: any words.
        let choices: [String]?
        /// Bytes.
        var limit = 100

        static func words(_ name: String, limit: Int = 100) -> Parameter {
            Parameter(name: name, choices: nil, limit: limit)
        }
        static func choice(_ name: String, of choices: [String]) -> Parameter {
            Parameter(name: name, choices: choices)
        }
    }

    static let sortName = "sort"
    static let rows = 25

    private let parameters: [Parameter]
    private var given: [String: String] = [:]
    /// From 1.
    private(set) var page = 1

    /// - Parameter sorts: as the plant names them, `-created_at`; the first is how the list stands by itself.
    init(_ parameters: [Parameter], sorts: [String]) {
        self.parameters = parameters + [.choice(Self.sortName, of: sorts)]
    }

    /// What is no filter is none: an old link shows more, and no error.
    func reading(_ query: FieldSet) -> RecordFilter {
        var read = self
        for parameter in parameters {
            let value = BoundedText.line(query[parameter.name], maximumBytes: parameter.limit).trimmingSpaces
            guard !value.isEmpty, parameter.choices?.contains(value) ?? true else { continue }
            read.given[parameter.name] = value
        }
        read.page = min(max(Int(query["page"]) ?? 1, 1), 100_000)
        return read
    }

    subscript(name: String) -> String? { given[name] }

    /// In which order it is shown.
    var sort: String { given[Self.sortName] ?? sorts.first ?? "" }

    var sorts: [String] { parameters.last?.choices ?? [] }

    /// Whether it leaves something out.
    var isNarrowed: Bool { given.contains { $0.key != Self.sortName } }

    /// The same with another value, from its first page on.
    func with(_ name: String, _ value: String?) -> RecordFilter {
        var other = self
        other.given[name] = value
        other.page = 1
        return other
    }

    /// What is asked of the plant.
    var question: [(name: String, value: String?)] {
        parameters.dropLast().map { ($0.name, given[$0.name]) }
            + [(Self.sortName, sort), ("page", String(page)), ("perPage", String(Self.rows))]
    }

    /// Of the same list on the portal.
    /// - Parameter page: nil: the first.
    func address(_ path: String, page: Int? = nil) -> String {
        let pairs = parameters.map { ($0.name, given[$0.name]) } + [("page", page.map(String.init))]
        let set = pairs.compactMap { name, value in value.map { "\(name)=\(WebAnswers.queryEscaped($0))" } }
        return set.isEmpty ? path : path + "?" + set.joined(separator: "&")
    }
}

/// The fields of a filter that lists have in common.
struct RecordFilterForm: Sendable {
    let address: PageText
    let text: PageText
    let sorts: [WorkForm.Option]
    let isNarrowed: Bool

    init(_ filter: RecordFilter, _ address: String, _ texts: Texts) {
        self.address = PageText(address)
        text = PageText(filter["q"] ?? "")
        sorts = filter.sorts.map { sort in
            WorkForm.Option(
                value: PageText(sort), label: PageText(texts["records.sort_\(sort.replacing("-", with: "down_"))"]),
                isChosen: sort == filter.sort)
        }
        isNarrowed = filter.isNarrowed
    }
}

import Evidence

/// What `${NAME}` stands for in one project: the variables of its `.env`, as far as that is in the tree. A shell may set
/// others over them, which no file shows.
struct VariableScope {
    /// The files it is from; equal for equal scopes.
    let id: String
    private let values: [String: Assignment]

    static let empty = VariableScope(id: "", values: [:])

    private init(id: String, values: [String: Assignment]) {
        self.id = id
        self.values = values
    }

    /// - Parameter files: of two with one name the later file's counts.
    init(id: String, files: [BoundEnvironmentFile]) {
        var values: [String: Assignment] = [:]
        for file in files {
            for assignment in file.assignments where !file.inherited.contains(assignment.name) {
                values[assignment.name] = assignment
            }
        }
        self.init(id: id, values: values)
    }

    /// With what an `include` brings under it: the including project's own values win.
    func over(_ other: VariableScope) -> VariableScope {
        VariableScope(id: id + "|" + other.id, values: other.values.merging(values) { _, own in own })
    }

    subscript(name: String) -> Assignment? { values[name] }

    struct Binding {
        let value: BoundValue
        /// Where the text of the first variable in it stands.
        let valueAt: SourcePosition?
    }

    /// - Returns: nil where a dollar sign starts nothing that can be read.
    func bind(_ text: String) -> Binding? {
        var valueAt: SourcePosition?
        do throws(Interpolation.Fault) {
            let value = try Interpolation.bind(text) { name in
                guard let known = values[name] else { return nil }
                valueAt = valueAt ?? known.position
                return known.value
            }
            return Binding(value: value, valueAt: valueAt)
        } catch {
            return nil
        }
    }
}

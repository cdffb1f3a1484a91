extension Interpolation {
    package struct Expansion: Sendable, Equatable {
        package var text = ""
        /// Whether the text held any variable.
        package var usedVariables = false
        /// Names without a value and without a default: compose puts a blank there and warns.
        package var blanks: [String] = []
    }

    /// The text that compose would put there.
    /// - Parameter lookup: nil for a variable that is not set.
    package static func expand(_ text: String, lookup: (String) -> String?) throws(Fault) -> Expansion {
        var expansion = Expansion()
        for part in try parts(of: text) {
            switch part {
            case .text(let text): expansion.text += text
            case .variable(let variable):
                expansion.usedVariables = true
                try substitute(variable, into: &expansion, lookup: lookup)
            }
        }
        return expansion
    }

    private static func substitute(
        _ variable: Variable, into expansion: inout Expansion, lookup: (String) -> String?
    ) throws(Fault) {
        let value = lookup(variable.name)
        let isPresent = value.map { !(variable.emptyCounts && $0.isEmpty) } ?? false
        var usesWord = false
        switch variable.condition {
        case nil: if value == nil { expansion.blanks.append(variable.name) }
        case .otherwise: usesWord = !isPresent
        case .replacement:
            guard isPresent else { return }
            usesWord = true
        case .required:
            guard isPresent else {
                throw .required(name: variable.name, message: try expand(variable.word, lookup: lookup).text)
            }
        }
        guard usesWord else {
            expansion.text += value ?? ""
            return
        }
        let inner = try expand(variable.word, lookup: lookup)
        expansion.text += inner.text
        expansion.blanks += inner.blanks
    }
}

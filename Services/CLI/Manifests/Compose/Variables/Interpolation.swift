/// Compose's variable syntax: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`,
/// `${NAME?message}`, `${NAME:+replacement}`, `${NAME+replacement}` and `$$` for a dollar sign. With a colon an empty
/// value counts as unset. The word after the operator may hold variables itself; it is read only where it is used.
package struct Interpolation {
    package enum Fault: Error, Sendable, Equatable {
        /// The text from the dollar sign on can't be read.
        case malformed
        /// `${NAME:?message}` without a value.
        case required(name: String, message: String)
    }

    package struct Expansion: Sendable, Equatable {
        package var text = ""
        /// Whether the text held any variable.
        package var usedVariables = false
        /// Names without a value and without a default: compose puts a blank there and warns.
        package var blanks: [String] = []
    }

    private let scalars: [Unicode.Scalar]
    private let lookup: (String) -> String?
    private var index = 0
    private var expansion = Expansion()

    /// - Parameter lookup: nil for a variable that is not set.
    package static func expand(_ text: String, lookup: (String) -> String?) throws(Fault) -> Expansion {
        try withoutActuallyEscaping(lookup) { escaping throws(Fault) in
            var reader = Interpolation(scalars: Array(text.unicodeScalars), lookup: escaping)
            try reader.read()
            return reader.expansion
        }
    }

    private init(scalars: [Unicode.Scalar], lookup: @escaping (String) -> String?) {
        self.scalars = scalars
        self.lookup = lookup
    }

    private mutating func read() throws(Fault) {
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            guard scalar == "$" else {
                expansion.text.unicodeScalars.append(scalar)
                continue
            }
            guard index < scalars.count else { throw .malformed }
            if scalars[index] == "$" {
                index += 1
                expansion.text += "$"
            } else if scalars[index] == "{" {
                index += 1
                try readBraced()
            } else {
                guard let name = readName() else { throw .malformed }
                substitute(name)
            }
        }
    }

    private mutating func substitute(_ name: String) {
        expansion.usedVariables = true
        if let value = lookup(name) {
            expansion.text += value
        } else {
            expansion.blanks.append(name)
        }
    }

    private mutating func readBraced() throws(Fault) {
        guard let name = readName(), index < scalars.count else { throw .malformed }
        if scalars[index] == "}" {
            index += 1
            return substitute(name)
        }
        let emptyCounts = scalars[index] == ":"
        if emptyCounts { index += 1 }
        guard index < scalars.count else { throw .malformed }
        let sign = scalars[index]
        index += 1
        let word = try readWord()
        expansion.usedVariables = true
        let value = lookup(name)
        let isPresent = value.map { !(emptyCounts && $0.isEmpty) } ?? false
        switch sign {
        case "-": try append(isPresent ? value ?? "" : nil, orWord: word)
        case "+": if isPresent { try append(nil, orWord: word) }
        case "?":
            guard isPresent else {
                throw .required(name: name, message: try Self.expand(word, lookup: lookup).text)
            }
            expansion.text += value ?? ""
        default: throw .malformed
        }
    }

    private mutating func append(_ value: String?, orWord word: String) throws(Fault) {
        if let value {
            expansion.text += value
            return
        }
        let inner = try Self.expand(word, lookup: lookup)
        expansion.text += inner.text
        expansion.blanks += inner.blanks
    }

    private mutating func readName() -> String? {
        let start = index
        while index < scalars.count, Self.isNamePart(scalars[index], first: index == start) { index += 1 }
        return index > start ? Self.string(scalars[start..<index]) : nil
    }

    /// Up to the brace that closes this variable; braces of variables inside belong to the word.
    private mutating func readWord() throws(Fault) -> String {
        let start = index
        var depth = 0
        while index < scalars.count {
            if scalars[index] == "$", index + 1 < scalars.count, scalars[index + 1] == "{" {
                depth += 1
                index += 1
            } else if scalars[index] == "}" {
                if depth == 0 {
                    index += 1
                    return Self.string(scalars[start..<(index - 1)])
                }
                depth -= 1
            }
            index += 1
        }
        throw .malformed
    }

    private static func string(_ part: ArraySlice<Unicode.Scalar>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: part)
        return text
    }

    private static func isNamePart(_ scalar: Unicode.Scalar, first: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": !first
        default: false
        }
    }
}

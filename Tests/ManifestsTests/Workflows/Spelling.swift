import Evidence

@testable import Manifests

/// A value as tests write it: text as it is, `<store:name>` for a reference, `<store:name|default>` with a default
/// (`<…-default>` where an empty one counts as set), `<?>` for what nobody follows.
func spelled(_ value: BoundValue?) -> String {
    guard let value else { return "nothing" }
    return value.pieces.map { piece in
        switch piece {
        case .text(let text): text
        case .opaque: "<?>"
        case .reference(let reference, nil, _): "<\(reference.description)>"
        case .reference(let reference, let word?, let emptyCounts):
            "<\(reference.description)\(emptyCounts ? "|" : "-")\(spelled(word))>"
        }
    }.joined()
}

func spelled(_ assignments: [Assignment]) -> [String] { assignments.map { "\($0.name)=\(spelled($0.value))" } }

func spelled(_ loose: [LooseBinding]) -> [String] {
    loose.map { "\($0.name)=\(spelled($0.value)) \($0.place.rawValue) \($0.position)" }
}

/// `file:line:column`
func spelled(_ position: SourcePosition?) -> String {
    position.map { "\($0.file):\($0.line):\($0.column)" } ?? "nowhere"
}

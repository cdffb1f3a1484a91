package import Evidence

/// The key that one participant ends up with, and the way it got there.
package struct EffectiveKey: Sendable {
    package enum Way: Sendable {
        /// A variable that the stack gives it.
        case variable(Assignment)
        /// A text in its code, since no variable that it reads is given.
        case codeDefault(SourcePosition)
        /// Made in the code.
        case computed(SourcePosition)
        /// The development fallback that all of Lockstep's services know.
        case developmentFallback
    }

    package let value: BoundValue
    package let way: Way
    /// The name by which it is read; empty for what code makes.
    package let name: String

    package init(_ value: BoundValue, way: Way, name: String) {
        self.value = KeyText.normal(value)
        self.way = way
        self.name = name
    }

    /// Where to look.
    package var position: SourcePosition? {
        switch way {
        case .variable(let assignment): assignment.position
        case .codeDefault(let position), .computed(let position): position
        case .developmentFallback: nil
        }
    }

    package var valuePosition: SourcePosition? {
        if case .variable(let assignment) = way { assignment.valuePosition ?? assignment.position } else { position }
    }

    /// Where to mend: at the binding, but of what takes all names of an object or a file, in that.
    var mendPosition: SourcePosition? {
        if case .variable(let assignment) = way, assignment.origin == .file { return valuePosition }
        return position
    }

    package var isDefault: Bool {
        switch way {
        case .variable: false
        case .codeDefault, .computed, .developmentFallback: true
        }
    }
}

/// What a value comes to as a key.
enum KeyText {
    /// `{"type":"HS256","key":"…"}` is its `key` (Hasura's way of writing one); white space around a value is none of it.
    static func normal(_ value: BoundValue) -> BoundValue {
        let trimmed = withoutEmptyDefault(trim(value))
        guard case .text(let head)? = trimmed.pieces.first, head.first == "{", trimmed.pieces.count <= 3 else {
            return trimmed
        }
        guard let mark = head.firstRange(of: #""key""#) else { return trimmed }
        var rest = head[mark.upperBound...].drop(while: \.isWhitespace)
        guard rest.popFirst() == ":" else { return trimmed }
        rest = rest.drop(while: \.isWhitespace)
        guard rest.popFirst() == "\"" else { return trimmed }
        if trimmed.pieces.count == 1 {
            return rest.firstIndex(of: "\"").map { .literal(String(rest[..<$0])) } ?? trimmed
        }
        guard rest.isEmpty, trimmed.pieces.count == 3, case .text(let tail) = trimmed.pieces[2], tail.first == "\""
        else {
            return trimmed
        }
        return BoundValue([trimmed.pieces[1]])
    }

    /// `${X:-}` is `${X}`: empty where nothing is set.
    private static func withoutEmptyDefault(_ value: BoundValue) -> BoundValue {
        guard let reference = value.reference, value.fallback?.isEmpty == true else { return value }
        return .reference(reference)
    }

    private static func trim(_ value: BoundValue) -> BoundValue {
        var pieces = value.pieces
        if case .text(let text)? = pieces.first {
            pieces[0] = .text(String(text.drop(while: \.isWhitespace)))
        }
        if case .text(let text)? = pieces.last {
            var end = Substring(text)
            while end.last?.isWhitespace == true { end.removeLast() }
            pieces[pieces.count - 1] = .text(String(end))
        }
        return BoundValue(pieces)
    }
}

/// What two keys are to each other.
enum KeyRelation: Equatable {
    case same
    /// Two texts, or a text and a default that stands in the files.
    case different
    /// Two places: equal only while somebody keeps them so.
    case differentPlaces
    /// One place, read in two versions, of which one floats.
    case floating
    /// The same variable, with defaults that differ: equal only while it is set.
    case differentDefaults
    /// One of them can't be followed.
    case unknown

    /// The fallback that all of Lockstep's services know is no value of any file.
    static func of(_ a: EffectiveKey, _ b: EffectiveKey) -> KeyRelation {
        switch (a.way, b.way) {
        case (.developmentFallback, .developmentFallback): .same
        case (.developmentFallback, _), (_, .developmentFallback): .different
        default: of(a.value, b.value)
        }
    }

    static func of(_ a: BoundValue, _ b: BoundValue) -> KeyRelation {
        if a == b { return a.isOpaque ? .unknown : .same }
        if a.isOpaque || b.isOpaque { return .unknown }
        if a.literal != nil, b.literal != nil { return .different }
        if let one = a.reference, let other = b.reference {
            if one == other { return .differentDefaults }
            guard one.isSamePlace(as: other) || mayBeSamePlace(one, other) else { return .differentPlaces }
            if one.version == other.version { return .unknown }
            let versions = [one.version, other.version]
            return versions.contains(nil) || versions.contains("latest") ? .floating : .different
        }
        return .differentPlaces
    }

    /// `jwt-secret` and `projects/shop/secrets/jwt-secret`: a name without its project is one of whichever project it runs
    /// in.
    private static func mayBeSamePlace(_ one: SecretReference, _ other: SecretReference) -> Bool {
        guard one.store == .google, other.store == .google else { return false }
        let names = [one.name, other.name].map { $0.split(separator: "/") }
        return names[0].count != names[1].count && names[0].last == names[1].last
    }
}

package import HTTPKit
package import ServiceKit

/// Reads the fields of a resource out of a JSON object, collects every fault, and refuses them all at once.
///
/// A getter whose field is at fault records it and answers a harmless value, so that one answer tells a client all that
/// there is to mend.
///
/// The same reading tells the documents what it takes (`APISchema.fields`): then nothing is there to read, each getter
/// notes its bounds, and what comes of it is thrown away.
package struct FieldReader {
    let members: [String: JSONValue]
    /// In the order in which they were asked for; nil while a request is read.
    var notes: [APISchema.Field]?
    package private(set) var faults: [String: String] = [:]

    package init(_ members: [String: JSONValue]) { self.members = members }

    package mutating func fault(_ name: String, _ problem: String) {
        if problem == Self.required { noteRequired(name) }
        if faults[name] == nil { faults[name] = problem }
    }

    /// What `fault` says of a field that is missing and must not be; the documents know it by that.
    package static let required = "is required"

    /// Throws `invalid_input` with all faults.
    package func finish() throws(Refusal) {
        guard faults.isEmpty else {
            throw Refusal(.invalidInput, "Some fields can't be accepted.", fields: faults)
        }
    }

    /// - Parameters:
    ///   - length: Unicode scalars.
    ///   - value: what stands for an absent field; nil: the field is required.
    package mutating func text(
        _ name: String, length: ClosedRange<Int>, multiline: Bool = false, default value: String? = nil
    ) -> String {
        if let text = optionalText(name, length: length, multiline: multiline) { return text }
        if let value, isAbsent(name) {
            noteDefault(name, .text(value))
            return value
        }
        fault(name, Self.required)
        return ""
    }

    /// Null is the same as absent.
    package mutating func optionalText(_ name: String, length: ClosedRange<Int>, multiline: Bool = false) -> String? {
        note(name, .text(length: length).nullable)
        switch members[name] ?? .null {
        case .null:
            return nil
        case .text(let text):
            if let problem = TextRule.problem(in: text, length: length, multiline: multiline) { fault(name, problem) }
            return text
        default:
            fault(name, "must be a string")
            return nil
        }
    }

    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default value: Choice
    ) -> Choice where Choice.RawValue == String {
        note(name, .choice(Choice.self).defaulting(to: .text(value.rawValue)))
        switch members[name] ?? .null {
        case .null where isAbsent(name):
            return value
        case .text(let text):
            if let choice = Choice(rawValue: text) { return choice }
            fallthrough
        default:
            fault(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return value
        }
    }

    /// Null is the same as absent.
    package mutating func optionalInteger(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        note(name, .integer(range).nullable)
        switch members[name] ?? .null {
        case .null:
            return nil
        case .integer(let integer) where range.contains(integer):
            return integer
        default:
            fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
    }

    /// A text that is taken as it is, whatever it holds.
    /// - Parameter length: bytes of UTF-8.
    package mutating func verbatim(_ name: String, length: ClosedRange<Int>) -> String {
        note(name, .text(length: length), isRequired: true)
        guard let value = members[name] else {
            fault(name, Self.required)
            return ""
        }
        guard case .text(let text) = value else {
            fault(name, "must be a string")
            return ""
        }
        if !length.contains(text.utf8.count) {
            fault(name, "must be \(length.lowerBound) to \(length.upperBound) bytes long, not \(text.utf8.count)")
        }
        return text
    }

    /// Nothing but `true` will do.
    package mutating func confirmation(_ name: String) {
        note(name, .boolean, isRequired: true)
        if members[name] != .bool(true) { fault(name, "must be true") }
    }

    /// Null is the same as absent.
    package mutating func optionalTimestamp(_ name: String) -> Timestamp? {
        note(name, .time.nullable)
        switch members[name] ?? .null {
        case .null:
            return nil
        case .text(let text):
            if let moment = Timestamp(text) { return moment }
            fallthrough
        default:
            fault(name, "must be a moment like 2026-02-03T04:05:06Z")
            return nil
        }
    }

    /// Null is the same as absent.
    package mutating func optionalDay(_ name: String) -> CivilDate? {
        note(name, .day.nullable)
        switch members[name] ?? .null {
        case .null:
            return nil
        case .text(let text):
            if let day = CivilDate(text) { return day }
            fallthrough
        default:
            fault(name, "must be a day like 2026-02-03")
            return nil
        }
    }

    /// A number with decimal places, as a whole number of its last place: 12.5 with 3 places is 12500. Null is the same as
    /// absent.
    package mutating func optionalDecimal(_ name: String, places: Int, in range: ClosedRange<Int64>) -> Int64? {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        note(name, .number(Double(range.lowerBound) / scale...Double(range.upperBound) / scale).nullable)
        let value: Int64?
        switch members[name] ?? .null {
        case .null: return nil
        case .integer(let integer): value = FixedDecimal.parse(String(integer), places: places)
        case .otherNumber(let text): value = FixedDecimal.parse(text, places: places)
        default: value = nil
        }
        if let value, range.contains(value) { return value }
        let bounds = [range.lowerBound, range.upperBound].map { FixedDecimal.text($0, places: places) }
        fault(name, "must be a number from \(bounds[0]) to \(bounds[1]) with at most \(places) decimal places")
        return nil
    }

    /// Checks a text that was read; does nothing when the field is already at fault.
    package mutating func check(_ name: String, _ text: String?, _ rule: (String) -> String?) {
        guard faults[name] == nil, let text, let problem = rule(text) else { return }
        fault(name, problem)
    }

    private func isAbsent(_ name: String) -> Bool { members[name] == nil }
}

import Evidence

/// How long tokens are valid, where the code says it in numbers.
enum Lifetimes {
    static func tell(
        _ name: String, _ value: Expression, at position: SourcePosition, in scope: Scope, of reading: FileReading
    ) {
        guard let kind = kind(of: name), let seconds = seconds(of: value, named: name, in: scope, of: reading),
            seconds > 0, seconds < 20 * 365 * 86_400
        else { return }
        let duration = TokenDuration(kind, seconds: seconds, name: name, at: position)
        guard !reading.facts.durations.contains(where: { $0.position == position }) else { return }
        reading.facts.durations.append(duration)
    }

    private static func kind(of name: String) -> TokenDuration.Kind? {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        if ["exp", "ExpiresAt", "expiresAt", "Expires", "expiration"].contains(last) { return .lifetime }
        return DurationNames.kind(of: name)?.kind
    }

    /// A length of time, or one that is added to now.
    static func seconds(
        of value: Expression, named name: String, in scope: Scope, of reading: FileReading
    ) -> Int64? {
        for part in value.all(limit: 60) {
            if let length = length(part, in: scope, of: reading) { return Int64(length) }
        }
        // A bare number is in the unit that the name says.
        guard let unit = DurationNames.kind(of: name)?.unit, let number = reading.number(value, in: scope) else {
            return nil
        }
        return Int64(exactly: (number * unit).rounded())
    }

    private static func unit(of words: Set<String>) -> Double? {
        for (names, seconds) in units where !words.isDisjoint(with: names) { return seconds }
        return nil
    }

    private static let units: [(Set<String>, Double)] = [
        (["ms", "millis", "milliseconds", "millisecond"], 0.001), (["seconds", "second", "secs", "sec"], 1),
        (["minutes", "minute", "mins", "min"], 60), (["hours", "hour", "hrs"], 3600), (["days", "day"], 86_400),
        (["weeks", "week"], 604_800),
    ]

    /// `24 * time.Hour`, `Duration::hours(24)`, `AddMinutes(15)`, `24.hours`, `now + 3600`, `addingTimeInterval(3600)`
    private static func length(_ part: Expression, in scope: Scope, of reading: FileReading) -> Double? {
        switch part.kind {
        case .operation("*", let operands) where operands.count == 2:
            for (unit, count) in [(operands[0], operands[1]), (operands[1], operands[0])] {
                guard case .member(let object, let name) = unit.kind, object.name == "time",
                    let seconds = self.unit(of: NameWords.of(name))
                else { continue }
                return number(count, in: scope, of: reading).map { $0 * seconds }
            }
            return nil
        case .member(let object, let name):
            guard let seconds = unit(of: [name.lowercased()]) else { return nil }
            if object.name == "time" { return seconds }
            return number(object, in: scope, of: reading).map { $0 * seconds }
        case .call(let callee, let arguments):
            guard let name = callee.lastName, let first = arguments.first?.value else { return nil }
            if name == "addingTimeInterval" || name == "addSeconds" || name == "plusSeconds" {
                return number(first, in: scope, of: reading)
            }
            if name == "plus", arguments.count == 2, let unit = arguments[1].value.lastName,
                let seconds = self.unit(of: [unit.lowercased()])
            {
                return number(first, in: scope, of: reading).map { $0 * seconds }
            }
            let words = NameWords.of(name)
            guard
                !words.isDisjoint(with: ["add", "plus", "from", "of", "hours", "minutes", "days", "seconds", "weeks"]),
                let seconds = unit(of: words)
            else { return nil }
            return number(first, in: scope, of: reading).map { $0 * seconds }
        case .operation("+", let operands) where operands.count == 2:
            guard let amount = reading.number(operands[1], in: scope), isNow(operands[0]) else { return nil }
            return isMilliseconds(operands[0]) ? amount / 1000 : amount
        default: return nil
        }
    }

    private static func number(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Double? {
        if let number = reading.number(expression, in: scope) { return number }
        // `time.Duration(24)`
        guard case .call(_, let arguments) = expression.kind, arguments.count == 1 else { return nil }
        return reading.number(arguments[0].value, in: scope)
    }

    private static func isNow(_ expression: Expression) -> Bool {
        expression.all(limit: 20).contains { part in
            guard let name = part.lastName?.lowercased() else { return false }
            return name.contains("now") || name == "time" || name == "currenttimemillis" || name == "gettime"
        }
    }

    private static func isMilliseconds(_ expression: Expression) -> Bool {
        expression.all(limit: 20).contains { part in
            guard let name = part.lastName?.lowercased() else { return false }
            return name.contains("millis") || name == "gettime"
        }
    }
}

import Evidence

/// Lifetimes: settings by their names, `timedelta` in `exp`, the cache of a JWK Set client.
struct PythonDurations {
    let scope: Scope
    let reading: FileReading

    func visit(binding name: String, to value: Expression, at position: SourcePosition) {
        guard let (kind, unit) = DurationNames.kind(of: name) else { return }
        let value = field(value)
        let seconds =
            timedelta(value) ?? (unit ?? assumed(name)).flatMap { unit in
                reading.number(value, in: scope).map { $0 * unit }
            } ?? reading.string(value, in: scope).flatMap(DurationNames.seconds)
        reading.addDuration(kind, seconds: seconds, name: name, at: position)
    }

    func visit(_ expression: Expression) {
        switch expression.kind {
        case .object(let entries):
            for entry in entries {
                guard let key = entry.key else { continue }
                if key == "exp" {
                    reading.addDuration(.lifetime, seconds: sum(entry.value), name: "exp", at: entry.position)
                } else {
                    visit(binding: key, to: entry.value, at: entry.position)
                }
            }
        case .call(let callee, let arguments):
            if let value = arguments.value("lifespan"), callee.path?.hasSuffix("PyJWKClient") == true {
                reading.addDuration(
                    .cache, seconds: reading.number(value, in: scope), name: "lifespan", at: value.position)
            }
        default: break
        }
    }

    /// Flask-JWT-Extended's are seconds where they are numbers.
    private func assumed(_ name: String) -> Double? {
        name.hasSuffix("JWT_ACCESS_TOKEN_EXPIRES") ? 1 : nil
    }

    /// The default of a pydantic field.
    private func field(_ value: Expression) -> Expression {
        guard case .call(let callee, let arguments) = value.kind, callee.path?.hasSuffix("Field") == true else {
            return value
        }
        return arguments.value("default", at: 0) ?? value
    }

    /// `now + timedelta(hours=1)`, through a name that is bound once.
    private func sum(_ expression: Expression, depth: Int = 0) -> Double? {
        guard depth < 4 else { return nil }
        switch expression.kind {
        case .operation("+", let operands):
            let spans = operands.compactMap(timedelta)
            return spans.count == operands.count - 1 ? spans.reduce(0, +) : nil
        case .name(let name):
            guard let bindings = scope.holder(of: name)?.bindings[name], bindings.count == 1,
                let value = bindings[0].value
            else { return nil }
            return sum(value, depth: depth + 1)
        default: return nil
        }
    }

    private func timedelta(_ expression: Expression) -> Double? {
        if let name = expression.name, let holder = scope.holder(of: name), let bindings = holder.bindings[name],
            bindings.count == 1, let value = bindings[0].value, value.name == nil
        {
            return timedelta(value)
        }
        guard case .call(let callee, let arguments) = expression.kind,
            callee.path?.split(separator: ".").last == "timedelta", !arguments.isEmpty
        else { return nil }
        let units: [String: Double] = [
            "weeks": 604_800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1, "milliseconds": 0.001,
        ]
        var total = 0.0
        for (index, argument) in arguments.enumerated() {
            let label = argument.label ?? (index == 0 ? "days" : index == 1 ? "seconds" : "")
            guard let unit = units[label], let number = reading.number(argument.value, in: scope) else { return nil }
            total += unit * number
        }
        return total
    }
}

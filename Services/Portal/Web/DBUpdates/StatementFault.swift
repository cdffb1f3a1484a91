/// Why a statement did not do what it should, where, and what to do.
struct StatementFault: Sendable {
    let title: PageText
    let detail: PageText
    /// Empty where the database names no place.
    let place: PageText
    let next: PageText

    init(_ failure: StatementFailure, in statement: String, _ texts: Texts) {
        let fault = PlantFaultText(failure.plantFailure, texts)
        let known = texts.known("sql.fault_\(failure.code)")
        title = PageText(known ?? fault.title)
        detail = PageText(known == nil || failure.detail.isEmpty ? fault.detail : failure.detail)
        place = PageText(
            Self.position(in: failure.detail).flatMap { Self.place($0, in: statement) }.map {
                texts("sql.place", ["line": String($0.line), "column": String($0.column)])
            } ?? "")
        next = PageText(texts.known("sql.next_\(failure.code)") ?? fault.next)
    }

    /// As the plant writes it behind the database's words: `(at character 12)`, counted from 1.
    static func position(in detail: String) -> Int? {
        let opening = "(at character "
        guard let start = detail.ranges(of: opening).last?.upperBound else { return nil }
        let digits = detail[start...].prefix { $0.isNumber && $0.isASCII }
        guard detail[digits.endIndex...].hasPrefix(")") else { return nil }
        return Int(digits)
    }

    /// Both counted from 1. Databases count code points.
    static func place(_ position: Int, in statement: String) -> (line: Int, column: Int)? {
        let scalars = statement.unicodeScalars
        guard position >= 1, position <= scalars.count + 1 else { return nil }
        let before = scalars.prefix(position - 1)
        let line = before.count { $0 == "\n" } + 1
        let column = before.reversed().prefix { $0 != "\n" }.count + 1
        return (line, column)
    }
}

extension StatementFailure {
    /// As pages say what the plant refuses.
    var plantFailure: PlantFailure {
        switch (status, code) {
        case (0, "unreachable"): .unreachable
        case (0, _): .unreadable
        default:
            PlantFailure(
                status: status, retryAfter: retryAfter,
                problem: code == "unknown" ? nil : PlantProblem(code: code, detail: detail))
        }
    }
}

import HTTPKit

/// The password once more.
struct OpeningForm: Decodable, Sendable {
    var password: Password?
    /// Of the app, or a recovery code.
    var code: String?
    var returnTo: String?

    enum CodingKeys: String, CodingKey {
        case password, code
        case returnTo = "return_to"
    }

    /// Nil where none was asked for.
    var answer: SecondFactorAnswer? { code.flatMap { SecondFactorAnswer(typed: $0) } }

    /// A page of this area to go to.
    static func place(_ text: String) -> LocalPath {
        LocalPath(text).flatMap { $0.text.hasPrefix("/db-updates") && !$0.text.hasSuffix("csv") ? $0 : nil } ?? home
    }

    private static let home = LocalPath("/db-updates") ?? .start
}

/// A statement and its limits, as typed.
struct StatementForm: Decodable, Sendable {
    var sql: String
    var maximumRows: String?
    var seconds: String?

    enum CodingKeys: String, CodingKey {
        case sql, seconds
        case maximumRows = "max_rows"
    }

    /// With what can't be accepted, by field. What is more than the plant allows is said by the plant.
    func read(_ texts: Texts) -> (Statement, faults: [String: String]) {
        var faults: [String: String] = [:]
        // Browsers send a line break as two characters; the database counts one.
        let statement = Statement(
            sql: sql.replacing("\r\n", with: "\n"),
            maximumRows: Self.number(maximumRows, "max_rows", in: 1...10_000, texts, &faults),
            seconds: Self.number(seconds, "seconds", in: 1...25, texts, &faults))
        if statement.sql.allSatisfy(\.isWhitespace) { faults["sql"] = texts["sql.nothing_typed"] }
        if statement.sql.utf8.count > Statement.maximumBytes { faults["sql"] = texts["sql.too_long"] }
        return (statement, faults)
    }

    private static func number(
        _ typed: String?, _ name: String, in bounds: ClosedRange<Int>, _ texts: Texts, _ faults: inout [String: String]
    ) -> Int? {
        let text = (typed ?? "").trimmingSpaces
        guard !text.isEmpty else { return nil }
        guard let number = Int(text), bounds.contains(number) else {
            faults[name] = texts(
                "sql.no_number", ["least": String(bounds.lowerBound), "most": String(bounds.upperBound)])
            return nil
        }
        return number
    }
}

/// What stands in the editor.
struct StatementDraft: Sendable {
    var sql = ""
    var maximumRows = ""
    var seconds = ""
    /// By field.
    var faults: [String: String] = [:]
    var problem = ""

    init(problem: String = "") { self.problem = problem }

    init(_ form: StatementForm, faults: [String: String]) {
        (sql, maximumRows, seconds) = (form.sql, form.maximumRows ?? "", form.seconds ?? "")
        self.faults = faults
    }

    init(_ statement: Statement) {
        sql = statement.sql
        maximumRows = statement.maximumRows.map(String.init) ?? ""
        seconds = statement.seconds.map(String.init) ?? ""
    }

    init(_ entry: StatementLog.Entry, _ texts: Texts) {
        sql = entry.statement
        if entry.isCut { problem = texts["sql.cut"] }
    }
}

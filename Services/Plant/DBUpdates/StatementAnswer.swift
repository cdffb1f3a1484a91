import FoundationEssentials
import PlantKit
import Storage

/// What a statement answered, as JSON. What JSON has no value for is an object of one member, so that no text looks like
/// one: a blob is `{"blob": base64}`, a whole number beyond 2^53 - 1 `{"integer": digits}` (most readers of JSON would
/// round it), and what is no finite number `{"real": "NaN"}`.
enum StatementAnswer {
    static func json(_ result: RestrictedResult) -> OrderedJSON {
        [
            "columns": .array(result.columns.map { .text($0) }),
            "rows": .array(result.rows.map { .array($0.map(value)) }),
            "row_count": .integer(Int64(result.rows.count)),
            "rows_changed": .integer(Int64(result.changes)),
            "truncated": .bool(result.isTruncated),
            "duration_ms": .integer(result.duration.inMilliseconds),
        ]
    }

    static func value(_ value: SQLValue) -> OrderedJSON {
        switch value {
        case .null: .null
        case .integer(let integer):
            exact.contains(integer) ? .integer(integer) : ["integer": .text(String(integer))]
        case .real(let real) where real.isFinite: .number(real)
        case .real(let real): ["real": .text(real.isNaN ? "NaN" : real > 0 ? "Infinity" : "-Infinity")]
        case .text(let text): .text(text)
        case .blob(let bytes): ["blob": .text(Data(bytes).base64EncodedString())]
        }
    }

    /// What a double holds exactly (RFC 8259 §6).
    private static let exact = -(Int64(1) << 53) + 1...(Int64(1) << 53) - 1

    static let schema = APISchema.object([
        .required("columns", .array(of: .text()).described("In the statement's order; a name may come twice.")),
        .required(
            "rows",
            .array(of: .array(of: .any)).described(
                "Null, numbers and texts as they are. Else {\"blob\": base64}, {\"integer\": digits} beyond 2^53 - 1, "
                    + "{\"real\": \"NaN\", \"Infinity\" or \"-Infinity\"}.")),
        .required("row_count", .integer(0...).described("Of rows.")),
        .required(
            "rows_changed",
            .integer(0...).described("Inserted, changed and deleted, by triggers and cascades too.")),
        .required("truncated", .boolean.described("There were more rows, or bytes, than may be answered.")),
        .required("duration_ms", .integer(0...)),
    ]).named("StatementAnswer")
}

import Foundation

/// What the plant answers to a statement.
struct ResultDocument: Decodable, Sendable {
    var columns: [String]
    var rows: [[ResultValue]]
    var rowsChanged: Int
    var isTruncated: Bool
    var durationMilliseconds: Int

    enum CodingKeys: String, CodingKey {
        case columns, rows
        case rowsChanged = "rows_changed"
        case isTruncated = "truncated"
        case durationMilliseconds = "duration_ms"
    }

    /// Nil where it is no such answer.
    init?(json: [UInt8]) {
        guard let document = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = document
    }
}

/// A value in a row, of the kinds that JSON tells apart, and those for which it has none (docs/OPERATIONS.md).
enum ResultValue: Decodable, Sendable, Equatable {
    case null
    /// Digits: no reader has rounded them.
    case integer(String)
    /// As it is written, `NaN` and `Infinity` too.
    case real(String)
    case text(String)
    case blob([UInt8])

    private enum Tag: String, CodingKey { case blob, integer, real }

    init(from decoder: any Decoder) throws {
        if let tagged = try? decoder.container(keyedBy: Tag.self) {
            self = try Self.tagged(tagged)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(String(integer))
        } else {
            self = .real(String(try container.decode(Double.self)))
        }
    }

    private static func tagged(_ container: KeyedDecodingContainer<Tag>) throws -> Self {
        if let digits = try container.decodeIfPresent(String.self, forKey: .integer) {
            // Shown as a number and written into CSV bare: only what is one passes.
            guard let integer = Int64(digits) else { throw Self.malformed(.integer, container) }
            return .integer(String(integer))
        }
        if let word = try container.decodeIfPresent(String.self, forKey: .real) {
            guard ["NaN", "Infinity", "-Infinity"].contains(word) else { throw Self.malformed(.real, container) }
            return .real(word)
        }
        guard let bytes = Data(base64Encoded: try container.decode(String.self, forKey: .blob)) else {
            throw Self.malformed(.blob, container)
        }
        return .blob(Array(bytes))
    }

    private static func malformed(_ tag: Tag, _ container: KeyedDecodingContainer<Tag>) -> DecodingError {
        .dataCorruptedError(forKey: tag, in: container, debugDescription: "no such value")
    }
}

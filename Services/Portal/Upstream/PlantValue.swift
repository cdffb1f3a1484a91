/// A member of what is sent to the plant.
enum PlantValue: Encodable, Sendable, Equatable {
    case text(String)
    case number(Double)
    case integer(Int)
    /// Takes away what is there (RFC 7396).
    case null

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .integer(let integer): try container.encode(integer)
        case .null: try container.encodeNil()
        }
    }
}

package import PlantKit

/// Grams, told as kilograms: `12.5`.
package struct Kilograms: Sendable, Hashable, Codable {
    package let grams: Int64

    /// Decimal places.
    package static let places = 3

    package init(grams: Int64) { self.grams = grams }

    package init(from decoder: any Decoder) throws {
        grams = Int64((try decoder.singleValueContainer().decode(Double.self) * 1000).rounded())
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        // The double nearest to a decimal of so few digits is written as that decimal.
        try container.encode(Double(grams) / 1000)
    }
}

extension Kilograms: APIDescribed {
    package static var apiSchema: APISchema { .number(0...) }
    package static var apiSample: Kilograms { Kilograms(grams: 0) }
}

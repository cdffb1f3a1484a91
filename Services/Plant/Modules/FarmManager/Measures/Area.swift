/// An area as it was entered, exactly, and in square metres for sums.
package struct Area: Sendable, Equatable, Codable {
    package enum Unit: String, Sendable, CaseIterable, Codable {
        case hectares, acres
        case squareMetres = "square_metres"
    }

    /// Decimal places that an amount may have.
    package static let places = 4
    /// Ten-thousandths of the unit; up to a million hectares, or as much in the other units.
    package static let amountRange: ClosedRange<Int64> = 1...10_000_000_000

    /// Ten-thousandths of the unit.
    package let amount: Int64
    package let unit: Unit

    package init(amount: Int64, unit: Unit) {
        self.amount = amount
        self.unit = unit
    }

    /// Rounded, half up. A hectare is 10,000 m²; an acre is 4,046.8564224 m² (the international acre of 1959).
    package var squareMetres: Int64 {
        switch unit {
        case .hectares: amount
        case .acres: Self.rounded(amount, times: 40_468_564_224, over: 100_000_000_000)
        case .squareMetres: Self.rounded(amount, times: 1, over: 10_000)
        }
    }

    private static func rounded(_ value: Int64, times factor: Int64, over divisor: Int64) -> Int64 {
        let product = value.multipliedFullWidth(by: factor)
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        return remainder >= divisor - remainder ? quotient + 1 : quotient
    }
}

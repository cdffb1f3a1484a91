package import PlantKit

/// How much of a unit of area, told as a number with four decimal places at most.
package struct AreaAmount: Sendable, Hashable, Codable {
    package let tenThousandths: Int64

    package init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }

    package init(from decoder: any Decoder) throws {
        tenThousandths = Int64((try decoder.singleValueContainer().decode(Double.self) * 10_000).rounded())
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Double(tenThousandths) / 10_000)
    }
}

/// Latitude or longitude in degrees, WGS 84, with six decimal places at most: a tenth of a metre.
package struct Degrees: Sendable, Hashable, Codable {
    package let millionths: Int64

    package init(millionths: Int64) { self.millionths = millionths }

    package init(from decoder: any Decoder) throws {
        millionths = Int64((try decoder.singleValueContainer().decode(Double.self) * 1_000_000).rounded())
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Double(millionths) / 1_000_000)
    }
}

extension AreaAmount: APIDescribed {
    package static var apiSchema: APISchema { .number(0...) }
    package static var apiSample: AreaAmount { AreaAmount(tenThousandths: 0) }
}

extension Degrees: APIDescribed {
    package static var apiSchema: APISchema { .number(-180...180) }
    package static var apiSample: Degrees { Degrees(millionths: 0) }
}

extension APISchema {
    package static var any: APISchema { APISchema(.any) }
    package static var boolean: APISchema { APISchema(.boolean) }

    /// - Parameters:
    ///   - length: Unicode scalars.
    ///   - pattern: ECMA 262, with its anchors.
    ///   - format: of the OpenAPI format registry, e.g. `email`, `uri`.
    package static func text(
        length: ClosedRange<Int>? = nil, pattern: String? = nil, format: String? = nil
    ) -> APISchema {
        APISchema(.text(length: Bounds(length?.lowerBound, length?.upperBound), pattern: pattern, format: format))
    }

    /// One of these words.
    package static func choice(_ words: [String]) -> APISchema { APISchema(.choice(words)) }

    /// One of a type's raw values.
    package static func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> APISchema
    where Choice.RawValue == String {
        choice(type.allCases.map(\.rawValue))
    }

    package static func integer(_ range: ClosedRange<Int64>? = nil) -> APISchema {
        APISchema(.integer(Bounds(range?.lowerBound, range?.upperBound)))
    }

    package static func integer(_ range: PartialRangeFrom<Int64>) -> APISchema {
        APISchema(.integer(Bounds(range.lowerBound)))
    }

    package static func number(_ range: ClosedRange<Double>? = nil) -> APISchema {
        APISchema(.number(Bounds(range?.lowerBound, range?.upperBound)))
    }

    package static func number(_ range: PartialRangeFrom<Double>) -> APISchema {
        APISchema(.number(Bounds(range.lowerBound)))
    }

    package static func array(of element: APISchema, count: ClosedRange<Int>? = nil) -> APISchema {
        APISchema(.array(of: element, count: Bounds(count?.lowerBound, count?.upperBound)))
    }

    /// Members of any name.
    package static func map(of value: APISchema, count: ClosedRange<Int>? = nil) -> APISchema {
        APISchema(.map(of: value, count: Bounds(count?.lowerBound, count?.upperBound)))
    }

    /// - Parameter isOpen: whether members that are not named here may stand too. Answers are open, since a later version
    ///   may tell more; requests are closed, as what is not known is refused.
    package static func object(_ fields: [Field], isOpen: Bool = true) -> APISchema {
        APISchema(.object(fields, isOpen: isOpen))
    }

    package static func oneOf(_ schemas: [APISchema]) -> APISchema { APISchema(.oneOf(schemas)) }

    /// A moment in UTC: `2026-11-22T04:00:00Z`.
    package static var time: APISchema {
        text(length: 20...20, format: "date-time").example("2026-11-22T04:00:00Z")
    }

    /// A day of the calendar: `2026-11-22`.
    package static var day: APISchema { text(length: 10...10, format: "date").example("2026-11-22") }

    /// What names a resource in a path: 1–128 of `[A-Za-z0-9._-]`.
    package static var identifier: APISchema { text(length: 1...128, pattern: "^[A-Za-z0-9._-]+$") }

    /// `Contracts.Page`: what `GET` of every collection answers.
    package static func page(of element: APISchema) -> APISchema {
        let page = object([
            .required("data", array(of: element, count: 0...500)),
            .required("total", integer(0...).described("How many there are on all pages together.")),
            .required("page", integer(1...).described("From 1.")),
            .required("perPage", integer(1...500)),
            .required("totalPages", integer(0...)),
        ])
        if case .component(let name, _) = element.kind { return page.named("PageOf\(name)") }
        return page
    }
}

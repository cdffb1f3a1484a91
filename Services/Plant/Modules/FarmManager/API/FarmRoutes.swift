import PlantKit

extension ModuleRoutes {
    /// An operation that looks at the farms.
    func look(
        _ operation: Operation, _ handler: @escaping @Sendable (FarmRecords, APIRequest) async throws -> APIAnswer
    ) {
        add(operation) { request, transaction in
            try await FarmRefusals.refusing { try await handler(FarmRecords(request, transaction), request) }
        }
    }

    /// An operation that changes something.
    func work(
        _ operation: Operation, _ handler: @escaping @Sendable (FarmWork, APIRequest) async throws -> APIAnswer
    ) {
        add(operation) { request, transaction in
            try await FarmRefusals.refusing { try await handler(FarmWork(request, transaction), request) }
        }
    }

    /// One that may be entered later than it happened: its body has `at` beside what `read` reads.
    func work<Body>(
        _ operation: Operation, reading read: @escaping @Sendable (inout FieldReader) -> Body,
        _ handler: @escaping @Sendable (FarmWork, Body, APIRequest) async throws -> APIAnswer
    ) {
        add(operation) { request, transaction in
            let (body, at) = try request.body { (read(&$0), $0.optionalTimestamp("at")?.seconds) }
            return try await FarmRefusals.refusing {
                try await handler(FarmWork(request, transaction, at: at), body, request)
            }
        }
    }

    /// `/api/v1/farm/…`
    func path(_ rest: String) -> String { "\(prefix)/\(rest)" }
}

extension APIBody {
    /// What `ModuleRoutes.work(_:reading:_:)` takes.
    static func event<Body>(_ read: (inout FieldReader) -> Body) -> APIBody {
        .json(
            .fields { fields in
                _ = read(&fields)
                _ = fields.optionalTimestamp("at")
                fields.describe("at", "When it happened; absent: now.")
            })
    }
}

extension APIRequest {
    /// Reads a body that is no resource's draft; throws `invalid_input` with all faults, and for members that the reading
    /// does not ask for.
    func body<T>(_ read: (inout FieldReader) -> T) throws(Refusal) -> T {
        guard case .object(let known, _) = APISchema.fields(read).kind else { return try fields(read) }
        let names = Set(known.map(\.name))
        var reader = FieldReader(members)
        let value = read(&reader)
        for name in members.keys where !names.contains(name) {
            reader.fault(name, "is no field here; there are \(names.sorted().joined(separator: ", "))")
        }
        try reader.finish()
        return value
    }

    /// Lists that are a million long are not paged through to their end: they are filtered, or exported.
    /// - Parameter deepest: how far into the list its pages reach.
    func slice(deepest: Int = 10_000) throws -> (page: ListPage, slice: Slice) {
        let page = try listPage()
        guard page.offset + page.limit <= deepest else {
            throw Refusal(
                .invalidInput, "This list is not paged beyond its first \(deepest) entries.",
                fields: ["page": "is too far; filter the list, or take the export"])
        }
        return (page, Slice(limit: page.limit, offset: page.offset))
    }
}

extension Listing where Item: Codable {
    func answer(_ page: ListPage) throws -> APIAnswer { try .page(items, total: Int(total), of: page) }
}

import PlantKit

/// The one place where the farm manager's errors become answers.
enum FarmRefusals {
    static func refusing<T>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch let error as FarmError {
            throw Refusal(error)
        }
    }
}

extension Refusal {
    init(_ error: FarmError) {
        switch error {
        case .notFound(let kind):
            self.init(.notFound, "There is no such \(kind.rawValue).")
        case .stale(let kind, let version):
            self.init(ResourceError.stale(version: version), name: kind.rawValue)
        case .transition(let refused):
            self.init(
                .conflict, "\(refused)",
                fields: [
                    "state": "is \(refused.from.rawValue)",
                    "allowed": refused.allowed.map(\.rawValue).joined(separator: ", "),
                ])
        case .invalid(let faults):
            self.init(.invalidInput, "Some fields can't be accepted.", fields: faults)
        case .taken(let field):
            self.init(.conflict, "Another one has this \(field).", fields: [field: "is taken"])
        case .conflict(let sentence):
            self.init(.conflict, sentence)
        }
    }
}

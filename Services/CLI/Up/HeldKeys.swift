import Secrets

/// Which signing key each planned service would load, found out by the services' own loading code.
enum HeldKeys {
    struct Held: Sendable, Equatable {
        /// Kid and environment, which have to be everybody's; nil where it would not start.
        let common: String?
        let words: String
    }

    static func of(_ plan: StackPlan, in context: CommandContext) async -> [String: Held] {
        var held: [String: Held] = [:]
        for service in plan.services {
            do throws(SecretError) {
                let keys = try await SigningKeys.load(service.environment, quietly: true, in: context)
                let ring = keys.manager.ring
                let kid = ring.current?.id.rawValue ?? "none"
                let environment = ring.environment.rawValue
                let shown = ring.current?.publishedID ?? "none"
                held[service.name] = Held(
                    common: "\(kid) \(environment)", words: "\(shown) from \(ring.source), \(environment)")
            } catch {
                held[service.name] = Held(common: nil, words: "none: \(error.message) (\(error.code))")
            }
        }
        return held
    }

    /// A line for each service, when they do not all hold one key in one environment.
    static func disagreement(_ held: [String: Held]) -> [String] {
        guard Set(held.values.map(\.common)).count > 1 else { return [] }
        return ["the services do not hold one signing key in one environment"]
            + held.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value.words)" }
    }
}

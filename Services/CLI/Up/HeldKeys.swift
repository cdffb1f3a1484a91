import Secrets

/// Which signing key each planned service would load, found out by the services' own loading code.
enum HeldKeys {
    struct Held: Sendable, Equatable {
        /// Nil where it would not start.
        let kid: String?
        let words: String
    }

    static func of(_ plan: StackPlan, in context: CommandContext) async -> [String: Held] {
        var held: [String: Held] = [:]
        for service in plan.services {
            do throws(SecretError) {
                let keys = try await SigningKeys.load(service.environment, quietly: true, in: context)
                let ring = keys.manager.ring
                let kid = ring.current?.id.rawValue
                held[service.name] = Held(
                    kid: kid, words: "\(kid ?? "none") from \(ring.source), \(ring.environment.rawValue)")
            } catch {
                held[service.name] = Held(kid: nil, words: "none: \(error.message) (\(error.code))")
            }
        }
        return held
    }

    /// A line for each key, when the services do not all hold one.
    static func disagreement(_ held: [String: Held]) -> [String] {
        guard Set(held.values.map(\.kid)).count > 1 else { return [] }
        return ["the services do not hold one signing key"]
            + held.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value.words)" }
    }
}

import Evidence

/// `LS301`: how long tokens live, how long old keys are kept and how long verifiers keep what they know do not fit.
enum LifetimeRule: Rule {
    static let id = RuleID.lifetimesDoNotFit

    private struct Span {
        let service: String
        let seconds: Int64
        let name: String
        let position: SourcePosition
    }

    static func findings(in proof: Proof) -> [Finding] {
        proof.stacks.flatMap { stack in
            let lifetimes = spans(.lifetime, stack)
            return pairs(lifetimes, spans(.maximumLifetime, stack)) { life, most in
                life.seconds > most.seconds
                    ? stack.finding(
                        id, .error,
                        """
                        every token that \(life.service) issues is refused by \(most.service) with 401 in \
                        \(stack.label): it lives \(shown(life)), and at most \(shown(most)) are accepted
                        """, [life.service, most.service], at: [most.position, life.position]) : nil
            }
                + pairs(lifetimes, spans(.overlap, stack)) { life, overlap in
                    overlap.seconds < life.seconds
                        ? stack.finding(
                            id, .error,
                            """
                            after a rotation \(overlap.service) keeps the old key \(shown(overlap)), and tokens of \
                            \(life.service) live \(shown(life)): the younger ones are refused with 401 in \(stack.label)
                            """, [overlap.service, life.service], at: [overlap.position, life.position]) : nil
                }
                + pairs(spans(.cache, stack), spans(.overlap, stack)) { cache, overlap in
                    cache.seconds > overlap.seconds
                        ? stack.finding(
                            id, .warning,
                            """
                            \(cache.service) keeps keys \(shown(cache)), longer than the overlap of a rotation \
                            (\(shown(overlap))): it learns of a new key when the old one is gone, in \(stack.label)
                            """, [cache.service, overlap.service], at: [cache.position, overlap.position]) : nil
                }
        }
    }

    private static func pairs(_ a: [Span], _ b: [Span], _ judge: (Span, Span) -> Finding?) -> [Finding] {
        // The longest against the shortest says it for all.
        guard let longest = a.max(by: { $0.seconds < $1.seconds }),
            let shortest = b.min(by: { $0.seconds < $1.seconds })
        else { return [] }
        return judge(longest, shortest).map { [$0] } ?? []
    }

    private static func spans(_ kind: TokenDuration.Kind, _ stack: ProvenStack) -> [Span] {
        stack.participants.filter { !$0.isForeign }.flatMap { participant -> [Span] in
            let given = participant.workload.assignments.compactMap { assignment -> Span? in
                guard let setting = LifetimeSetting.named(assignment.name), setting.kind == kind,
                    let text = assignment.value.literal ?? assignment.value.fallback?.literal,
                    let seconds = setting.seconds(text)
                else { return nil }
                return Span(
                    service: participant.name, seconds: seconds, name: assignment.name,
                    position: assignment.valuePosition ?? assignment.position)
            }
            if !given.isEmpty { return given }
            return (participant.component?.facts ?? []).flatMap(\.durations).filter { $0.kind == kind }.map {
                Span(service: participant.name, seconds: $0.seconds, name: $0.name, position: $0.position)
            }
        }
    }

    private static func shown(_ span: Span) -> String {
        for (unit, size) in [("days", Int64(86400)), ("hours", 3600), ("minutes", 60)]
        where span.seconds >= 2 * size && span.seconds % size == 0 {
            return "\(span.seconds / size) \(unit) (\(span.name))"
        }
        return "\(span.seconds) s (\(span.name))"
    }
}

/// Settings that hold a span of time, by the names in use.
struct LifetimeSetting {
    let kind: TokenDuration.Kind
    /// Seconds of one unit of the number.
    let unit: Int64

    static func named(_ name: String) -> LifetimeSetting? {
        switch name.uppercased() {
        case "ACCESS_TOKEN_EXPIRE_MINUTES", "JWT_EXPIRE_MINUTES", "JWT_EXPIRATION_MINUTES":
            LifetimeSetting(kind: .lifetime, unit: 60)
        case "JWT_EXPIRATION_HOURS": LifetimeSetting(kind: .lifetime, unit: 3600)
        case "ACCESS_TOKEN_EXPIRE_SECONDS", "JWT_EXPIRATION_SECONDS", "GOTRUE_JWT_EXP", "JWT_EXPIRY":
            LifetimeSetting(kind: .lifetime, unit: 1)
        case "JWT_EXPIRES_IN", "JWT_EXPIRATION", "ACCESS_TOKEN_EXPIRES_IN": LifetimeSetting(kind: .lifetime, unit: 1)
        case "JWT_MAX_LIFETIME_HOURS": LifetimeSetting(kind: .maximumLifetime, unit: 3600)
        case "JWT_KEY_OVERLAP_SECONDS", "JWT_ROTATION_OVERLAP_SECONDS", "JWT_ROTATION_GRACE_SECONDS":
            LifetimeSetting(kind: .overlap, unit: 1)
        case "JWKS_CACHE_SECONDS", "JWT_KEY_CACHE_SECONDS", "JWKS_CACHE_TTL": LifetimeSetting(kind: .cache, unit: 1)
        default: nil
        }
    }

    /// `15`, `15m`, `1h`, `7d`; nil for what is neither.
    func seconds(_ text: String) -> Int64? {
        if let number = Int64(text), number >= 0 { return number.multipliedReportingOverflow(by: unit).partialValue }
        guard let last = text.last, let number = Int64(text.dropLast()), (0...1_000_000).contains(number) else {
            return nil
        }
        switch last {
        case "s": return number
        case "m": return number * 60
        case "h": return number * 3600
        case "d": return number * 86400
        default: return nil
        }
    }
}

import Evidence

extension FileReading {
    /// What a call says beside its key.
    struct UseDetails {
        var algorithms: [String] = []
        var issuer: String?
        var audience: String?
    }

    /// Adds a use, and the read of its key where the variable's name alone did not tell what it is for.
    func addUse(
        _ action: TokenUse.Action, call: String, key: Expression?, in scope: Scope,
        _ details: UseDetails = UseDetails(),
        at position: SourcePosition
    ) {
        let followed = key.flatMap { follow($0, in: scope) }
        let name = key.map { keyName($0, in: scope) } ?? ""
        if let followed, let key {
            tell(followed, as: key.path == nil ? "" : name, word: name, at: key.position, isKey: true)
        }
        facts.uses.append(
            TokenUse(
                action, call: call,
                key: followed.flatMap { $0.expression.alternatives.isEmpty ? nil : $0.expression }, keyName: name,
                algorithms: details.algorithms, issuer: details.issuer, audience: details.audience, at: position))
    }

    func addDuration(_ kind: TokenDuration.Kind, seconds: Double?, name: String, at position: SourcePosition) {
        guard let seconds, seconds >= 0, seconds < 1e11,
            !facts.durations.contains(where: { $0.position == position && $0.kind == kind })
        else { return }
        facts.durations.append(TokenDuration(kind, seconds: Int64(seconds), name: name, at: position))
    }

    /// Every name and text in an expression, those of the names' own values too, in lower case.
    func words(in expression: Expression, scope: Scope, depth: Int = 0) -> [String] {
        guard depth < 6 else { return [] }
        var words: [String] = []
        switch expression.kind {
        case .text(let text): words.append(text.lowercased())
        case .name(let name):
            words.append(name.lowercased())
            if depth < 3, let holder = scope.holder(of: name), holder.isFunction,
                let value = holder.bindings[name]?.first?.value
            {
                words += self.words(in: value, scope: holder, depth: depth + 2)
            }
        case .member(_, let member): words.append(member.lowercased())
        default: break
        }
        return words + expression.children.flatMap { self.words(in: $0, scope: scope, depth: depth + 1) }
    }

    /// Whether a text that is signed is a token's: webhooks are signed in the same way, over a body.
    func isSigningInput(_ expression: Expression, in scope: Scope) -> Bool {
        let words = words(in: expression, scope: scope).map { $0.filter { $0.isLetter } }
        if words.contains(where: { $0.contains("signinginput") || $0.contains("unsignedtoken") }) { return true }
        return words.contains { $0.contains("header") && !$0.contains("headers") }
            && words.contains { $0.contains("payload") || $0.contains("claims") || $0.contains("body") }
    }

    /// What a function that works on tokens by hand does, by its name.
    func actionByName(in scope: Scope) -> TokenUse.Action {
        let name = (scope.function?.name ?? "").lowercased()
        let verbs = ["verif", "decode", "valid", "check", "parse", "authenticate", "read"]
        return verbs.contains { name.contains($0) } ? .verify : .sign
    }
}

/// What a name says about a span of time.
enum DurationNames {
    /// The kind, and the seconds of one unit of the number where the name says the unit.
    static func kind(of name: String) -> (kind: TokenDuration.Kind, unit: Double?)? {
        // A header's name (`x-aws-…-token-ttl-seconds`) is no setting's.
        guard mayBe(name), !name.contains("-") else { return nil }
        let last = name.split(separator: ".").suffix(2).joined(separator: ".")
        let words = SigningSecretName.words(of: last)
        let all = Set(words)
        guard
            all.isDisjoint(with: [
                "REFRESH", "RESET", "INVITE", "VERIFICATION", "EMAIL", "SESSION", "COOKIE", "REMEMBER",
            ])
        else { return nil }
        let unit: Double? =
            all.contains("SECONDS") || all.contains("SECS")
            ? 1
            : all.contains("MINUTES") || all.contains("MINS") || all.contains("MINUTE")
                ? 60
                : all.contains("HOURS") || all.contains("HOUR")
                    ? 3600
                    : all.contains("DAYS")
                        ? 86400
                        : all.contains("MS") || all.contains("MILLISECONDS") ? 0.001 : nil
        let isToken = all.contains("JWT") || all.contains("TOKEN")
        if isToken, !all.isDisjoint(with: ["OVERLAP", "GRACE"]) { return (.overlap, unit) }
        if !all.isDisjoint(with: ["JWKS", "JWT", "KEY", "KEYS", "SECRET"]), all.contains("CACHE") {
            return (.cache, unit)
        }
        guard isToken else { return nil }
        if all.contains("MAX"), !all.isDisjoint(with: ["LIFETIME", "AGE"]) { return (.maximumLifetime, unit) }
        let ends: Set<String> = ["EXPIRE", "EXPIRES", "EXPIRATION", "EXPIRY", "LIFETIME", "TTL", "EXP"]
        return all.isDisjoint(with: ends) ? nil : (.lifetime, unit)
    }

    private static func mayBe(_ name: String) -> Bool {
        var last: UInt32 = 0
        for byte in name.utf8 {
            let lower = (65...90).contains(byte) ? byte + 32 : byte
            last = (last << 8 | UInt32(lower)) & 0xFF_FFFF
            switch last {
            // jwt, oke(n), jwk(s), key, ecr(et)
            case 0x6A_7774, 0x6F_6B65, 0x6A_776B, 0x6B_6579, 0x65_6372: return true
            default: continue
            }
        }
        return false
    }

    /// `15m`, `1h`, `7 days`; a bare number is nothing without its unit.
    static func seconds(_ text: String) -> Double? {
        let text = text.trimming
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits) else { return nil }
        switch text.dropFirst(digits.count).filter({ $0 != " " }).lowercased() {
        case "ms": return number / 1000
        case "s", "sec", "secs", "second", "seconds": return number
        case "m", "min", "mins", "minute", "minutes": return number * 60
        case "h", "hr", "hrs", "hour", "hours": return number * 3600
        case "d", "day", "days": return number * 86400
        case "w", "week", "weeks": return number * 604_800
        case "y", "yr", "year", "years": return number * 31_557_600
        default: return nil
        }
    }
}

extension String {
    fileprivate var trimming: Substring {
        drop { $0 == " " }
    }
}

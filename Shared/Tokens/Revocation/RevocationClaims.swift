package import Contracts
import Secrets

/// The claims of a revocation's security event token: one event (RFC 8417 §2.2), its subject in `sub_id` (RFC 9493 §4.1).
package enum RevocationClaims {
    /// The same bytes for the same revocation.
    package static func write(_ revocation: Revocation) -> [UInt8] {
        var json = JSONObjectWriter()
        json.member("iss", revocation.issuer)
        json.member("aud", RevocationToken.audience)
        json.member("iat", revocation.occurredAt)
        json.member("jti", revocation.id)
        json.member("sub_id", object: RevocationSubjectClaim.write(revocation.subject, issuer: revocation.issuer))
        json.member("events", object: events(revocation))
        return json.finish()
    }

    private static func events(_ revocation: Revocation) -> [UInt8] {
        var event = JSONObjectWriter()
        event.member("event_timestamp", revocation.occurredAt)
        if let version = revocation.tokenVersion {
            // CAEP §3.2 has the new values in `claims`; for the other events it is a member of our own.
            if revocation.event == .tokenClaimsChange {
                var claims = JSONObjectWriter()
                claims.member("token_version", version)
                event.member("claims", object: claims.finish())
            } else {
                event.member("token_version", version)
            }
        }
        let payload = event.finish()
        var events = JSONObjectWriter()
        switch revocation.event {
        case .sessionRevoked:
            events.member("https://schemas.openid.net/secevent/caep/event-type/session-revoked", object: payload)
        case .tokenClaimsChange:
            events.member("https://schemas.openid.net/secevent/caep/event-type/token-claims-change", object: payload)
        case .accountDisabled:
            events.member("https://schemas.openid.net/secevent/risc/event-type/account-disabled", object: payload)
        }
        return events.finish()
    }

    /// - Parameter now: seconds since the epoch.
    static func read(_ payload: [UInt8], now: Int64) throws(TokenError) -> Revocation {
        let json = try TokenClaims.object(payload)
        var issuer: String?
        var id: String?
        var issuedAt: Int64?
        var namesAudience = false
        var subject: StrictJSON.Node?
        var events: StrictJSON.Node?
        for (name, value) in json.members(json.root) {
            if json.equals(name, "iss") {
                issuer = try TokenClaims.text(json, value, "iss")
            } else if json.equals(name, "jti") {
                id = try TokenClaims.text(json, value, "jti")
            } else if json.equals(name, "aud") {
                namesAudience = json.equals(value, Array(RevocationToken.audience.utf8))
            } else if json.equals(name, "iat") {
                issuedAt = try TokenTimes.read(json, value, "iat")
            } else if json.equals(name, "sub_id") {
                subject = value
            } else if json.equals(name, "events") {
                events = value
            } else if json.equals(name, "exp") || json.equals(name, "sub") || json.equals(name, "roles") {
                // RFC 8417 §4: what makes an event look like an access token stays out of it.
                throw .malformed("a security event is no access token: exp, sub and roles have no place in it")
            }
        }
        guard let issuer else { throw .malformed("iss is missing") }
        guard namesAudience else { throw .wrongAudience }
        guard let id else { throw .malformed("jti is missing") }
        guard let issuedAt else { throw .malformed("iat is missing") }
        guard issuedAt <= now + RevocationToken.leeway else { throw .notYetValid(at: issuedAt) }
        guard let subject else { throw .malformed("sub_id is missing") }
        guard let events, json.kind(events) == .object else { throw .malformed("events is not an object") }
        let (event, occurredAt, version) = try happened(json, events)
        guard occurredAt <= now + RevocationToken.leeway else { throw .notYetValid(at: occurredAt) }
        return Revocation(
            id: id, issuer: issuer, event: event,
            subject: try RevocationSubjectClaim.read(json, subject, issuer: issuer, event: event),
            occurredAt: occurredAt, tokenVersion: version)
    }

    private static func happened(
        _ json: StrictJSON, _ events: StrictJSON.Node
    ) throws(TokenError) -> (Revocation.Event, Int64, Int64?) {
        var found: (Revocation.Event, StrictJSON.Node)?
        for (name, value) in json.members(events) {
            guard found == nil else { throw .malformed("more than one event") }
            // One that is not known may be one that matters: the feed stops at it instead of passing it over.
            guard let event = Revocation.Event.allCases.first(where: { json.equals(name, Array($0.rawValue.utf8)) })
            else { throw .malformed("an event of a kind that is not known here") }
            found = (event, value)
        }
        guard let (event, payload) = found, json.kind(payload) == .object else { throw .malformed("no event") }
        guard let timestamp = json.member(payload, "event_timestamp") else {
            throw .malformed("event_timestamp is missing")
        }
        var version = json.member(payload, "token_version")
        if event == .tokenClaimsChange {
            guard let claims = json.member(payload, "claims"), json.kind(claims) == .object else {
                throw .malformed("claims is missing")
            }
            version = json.member(claims, "token_version")
        }
        var number: Int64?
        if let version {
            guard let integer = json.integer(version) else { throw .malformed("token_version is no whole number") }
            number = integer
        }
        return (event, try TokenTimes.read(json, timestamp, "event_timestamp"), number)
    }
}

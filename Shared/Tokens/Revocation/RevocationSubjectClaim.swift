import Contracts
import Secrets

/// `sub_id` of a revocation (RFC 9493 §3.2): `iss_sub` for a user, `complex` for a session or a customer, and `jwt_id` of
/// the Shared Signals Framework for a token.
enum RevocationSubjectClaim {
    static func write(_ subject: Revocation.Subject, issuer: String) -> [UInt8] {
        var json = JSONObjectWriter()
        switch subject {
        case .user(let user): return self.user(user, issuer: issuer)
        case .token(let id):
            json.member("format", "jwt_id")
            json.member("iss", issuer)
            json.member("jti", id)
        case .session(let id, let user):
            json.member("format", "complex")
            json.member("session", object: opaque(id))
            json.member("user", object: self.user(user, issuer: issuer))
        case .customer(let id, let user):
            json.member("format", "complex")
            json.member("tenant", object: opaque(id))
            if let user { json.member("user", object: opaque(user)) }
        }
        return json.finish()
    }

    private static func user(_ user: String, issuer: String) -> [UInt8] {
        var json = JSONObjectWriter()
        json.member("format", "iss_sub")
        json.member("iss", issuer)
        json.member("sub", user)
        return json.finish()
    }

    private static func opaque(_ id: String) -> [UInt8] {
        var json = JSONObjectWriter()
        json.member("format", "opaque")
        json.member("id", id)
        return json.finish()
    }

    /// Nobody speaks of another issuer's sessions, tokens and users.
    static func read(
        _ json: StrictJSON, _ node: StrictJSON.Node, issuer: String, event: Revocation.Event
    ) throws(TokenError) -> Revocation.Subject {
        let format = try text(json, node, "format")
        switch (format, event) {
        case ("iss_sub", _):
            return .user(try readUser(json, node, issuer: issuer))
        case ("jwt_id", .sessionRevoked):
            guard try text(json, node, "iss") == issuer else { throw .wrongIssuer("another issuer's token") }
            return .token(id: try text(json, node, "jti"))
        case ("complex", .sessionRevoked):
            guard let session = json.member(node, "session"), let user = json.member(node, "user") else {
                throw .malformed("sub_id names no session of a user")
            }
            return .session(
                id: try readOpaque(json, session), user: try readUser(json, user, issuer: issuer))
        case ("complex", .accountDisabled):
            guard let tenant = json.member(node, "tenant") else { throw .malformed("sub_id names no tenant") }
            let id = try readOpaque(json, tenant)
            guard let user = json.member(node, "user") else { return .customer(id: id, user: nil) }
            return .customer(id: id, user: try readOpaque(json, user))
        default: throw .malformed("sub_id is of a form that this event does not have")
        }
    }

    private static func readUser(
        _ json: StrictJSON, _ node: StrictJSON.Node, issuer: String
    ) throws(TokenError) -> String {
        guard try text(json, node, "format") == "iss_sub" else { throw .malformed("a user is named by iss_sub") }
        guard try text(json, node, "iss") == issuer else { throw .wrongIssuer("another issuer's user") }
        return try text(json, node, "sub")
    }

    private static func readOpaque(_ json: StrictJSON, _ node: StrictJSON.Node) throws(TokenError) -> String {
        guard try text(json, node, "format") == "opaque" else { throw .malformed("an id is named by opaque") }
        return try text(json, node, "id")
    }

    private static func text(
        _ json: StrictJSON, _ node: StrictJSON.Node, _ name: StaticString
    ) throws(TokenError) -> String {
        guard json.kind(node) == .object, let value = json.member(node, name) else {
            throw .malformed("sub_id: \(name) is missing")
        }
        return try TokenClaims.text(json, value, name)
    }
}

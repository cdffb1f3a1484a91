import Crypto
import FoundationEssentials
import HTTPKit
import HTTPTypes
package import Storage

/// `Idempotency-Key` on POST (draft-ietf-httpapi-idempotency-key-header): the same key with the same request answers what
/// the first one was answered, and does nothing more. The answer is kept in the transaction of what it tells, so neither
/// can be without the other; a request that was refused did nothing, keeps nothing, and may be sent again.
package struct IdempotencyKeys: Sendable {
    package static let header = "Idempotency-Key"
    /// Seconds for which an answer is kept.
    package static let kept: Int64 = 86_400
    private static let keyLimit = 255

    package static let migration = Migration(
        id: "0005-idempotency-keys",
        statements: [
            """
            CREATE TABLE idempotency_keys (
                scope TEXT NOT NULL,
                idempotency_key TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                status BIGINT NOT NULL,
                headers TEXT NOT NULL,
                body BYTEA NOT NULL,
                expires_at BIGINT NOT NULL,
                PRIMARY KEY (scope, idempotency_key)
            )
            """,
            "CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at)",
        ])

    /// Whose data an answer tells: what is forgotten of somebody is forgotten in kept answers too.
    package static let resourceMigration = Migration(
        id: "0008-idempotency-keys-resource",
        statements: [
            "ALTER TABLE idempotency_keys ADD COLUMN resource_id TEXT",
            "CREATE INDEX idempotency_keys_by_resource ON idempotency_keys (resource_id)",
        ])

    /// A key and what it was sent with.
    struct Claim: Sendable {
        /// Whose key it is and of which operation: keys of two callers are never the same.
        let scope: String
        let key: String
        /// SHA-256 of target and body, hexadecimal.
        let fingerprint: String
    }

    /// - Returns: nil without the header.
    /// - Throws: `invalid_input` for a key that is none.
    static func claim(
        _ values: [String], operation: String, issuer: String, subject: String, target: String, body: [UInt8]
    ) throws(Refusal) -> Claim? {
        guard let key = values.first else { return nil }
        let isPlain = key.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        guard values.count == 1, 1...keyLimit ~= key.utf8.count, isPlain else {
            let problem = "must be one key of 1 to \(keyLimit) printable ASCII characters"
            throw Refusal(.invalidInput, "The header \(header) \(problem).", fields: [header: problem])
        }
        var hash = SHA256()
        hash.update(data: Array("\(target.utf8.count):\(target)".utf8))
        hash.update(data: body)
        let digits = Array("0123456789abcdef")
        let fingerprint = hash.finalize().reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return Claim(scope: "\(operation) \(issuer) \(subject)", key: key, fingerprint: fingerprint)
    }

    /// What the key was answered before.
    /// - Throws: `idempotency_key_reused` when it came with another request.
    static func answer(for claim: Claim, now: Int64, in transaction: any SQLTransaction) async throws -> APIAnswer? {
        let rows = try await transaction.query(
            """
            SELECT fingerprint, status, headers, body FROM idempotency_keys \
            WHERE scope = ? AND idempotency_key = ? AND expires_at >= ?
            """, [.text(claim.scope), .text(claim.key), .integer(now)])
        guard let row = rows.first else { return nil }
        guard try row.text("fingerprint") == claim.fingerprint else {
            throw Refusal(
                .idempotencyKeyReused, "This \(header) was used with another request. Make a new key for each.")
        }
        let stored = try JSONDecoder().decode([[String]].self, from: Data(try row.text("headers").utf8))
        var headers = HTTPFields()
        for field in stored where field.count == 2 {
            if let name = HTTPField.Name(field[0]) { headers[name] = field[1] }
        }
        if let replayed = HTTPField.Name("Idempotency-Replayed") { headers[replayed] = "true" }
        return APIAnswer(
            status: HTTPResponse.Status(code: Int(try row.integer("status"))), headers: headers,
            body: try row.blob("body"))
    }

    /// - Parameter resource: what the answer is about, where it is about one thing.
    static func keep(
        _ answer: APIAnswer, about resource: String?, for claim: Claim, now: Int64, in transaction: any SQLTransaction
    ) async throws {
        let fields = answer.headers.map { [$0.name.rawName, $0.value] }
        let headers = String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
        try await transaction.execute(
            """
            INSERT INTO idempotency_keys \
            (scope, idempotency_key, fingerprint, status, headers, body, expires_at, resource_id) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
            ON CONFLICT (scope, idempotency_key) DO UPDATE SET fingerprint = excluded.fingerprint, \
            status = excluded.status, headers = excluded.headers, body = excluded.body, \
            expires_at = excluded.expires_at, resource_id = excluded.resource_id
            """,
            [
                .text(claim.scope), .text(claim.key), .text(claim.fingerprint),
                .integer(Int64(answer.status.code)), .text(headers), .blob(answer.body), .integer(now + kept),
                .optional(resource),
            ])
    }

    /// Forgets the answers about a resource, and all that were given to a subject.
    /// - Returns: how many there were.
    @discardableResult
    package static func forget(
        resource: String, subject: String?, in transaction: any SQLTransaction
    ) async throws -> Int {
        var count = try await transaction.execute(
            "DELETE FROM idempotency_keys WHERE resource_id = ?", [.text(resource)])
        if let subject {
            // A scope is operation, issuer and subject, with blanks between; none of the three holds one.
            count += try await transaction.execute(
                "DELETE FROM idempotency_keys WHERE scope LIKE ? ESCAPE '!'",
                [.text("% % " + ResourceStatements.escaped(subject))])
        }
        return count
    }

    /// Forgets keys that are too old to be sent again.
    package static func sweep(now: Int64, in database: any Database) async throws {
        try await database.write { transaction in
            try await transaction.execute("DELETE FROM idempotency_keys WHERE expires_at < ?", [.integer(now)])
        }
    }
}

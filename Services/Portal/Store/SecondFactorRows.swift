import Storage

/// An account's second factor, as the database has it.
struct SecondFactorRow: Sendable {
    var sealedSeed: String
    /// Nil while it is being enrolled.
    var confirmedAt: Int64?
    var createdAt: Int64
    /// The last time step whose code was taken (`OneTimePassword.step`).
    var lastStep: Int64
}

/// SQL over `second_factors` and `recovery_codes`, inside somebody's transaction.
enum SecondFactorRows {
    static func find(userID: String, _ transaction: any SQLTransaction) async throws -> SecondFactorRow? {
        try await transaction.query(
            "SELECT sealed_seed, confirmed_at, created_at, last_step FROM second_factors WHERE user_id = ?",
            [.text(userID)]
        ).first.map { row in
            SecondFactorRow(
                sealedSeed: try row.text("sealed_seed"), confirmedAt: try row.optionalInteger("confirmed_at"),
                createdAt: try row.integer("created_at"), lastStep: try row.integer("last_step"))
        }
    }

    static func isEnrolled(userID: String, _ transaction: any SQLTransaction) async throws -> Bool {
        try await find(userID: userID, transaction)?.confirmedAt != nil
    }

    /// Takes the place of an enrolment that was begun and not ended, never of a factor that counts.
    /// - Returns: false when there is one that counts.
    static func begin(
        userID: String, sealedSeed: String, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            """
            INSERT INTO second_factors (user_id, sealed_seed, confirmed_at, created_at, last_step)
            VALUES (?, ?, NULL, ?, -1)
            ON CONFLICT (user_id) DO UPDATE SET sealed_seed = excluded.sealed_seed, created_at = excluded.created_at
            WHERE second_factors.confirmed_at IS NULL
            """, [.text(userID), .text(sealedSeed), .integer(now)]) == 1
    }

    /// - Returns: false when there is none that was begun.
    static func confirm(
        userID: String, step: Int64, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            "UPDATE second_factors SET confirmed_at = ?, last_step = ? WHERE user_id = ? AND confirmed_at IS NULL",
            [.integer(now), .integer(step), .text(userID)]) == 1
    }

    /// Compare and swap: a step's code opens once.
    static func use(step: Int64, userID: String, _ transaction: any SQLTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE second_factors SET last_step = ?
            WHERE user_id = ? AND last_step < ? AND confirmed_at IS NOT NULL
            """, [.integer(step), .text(userID), .integer(step)]) == 1
    }

    /// - Returns: false when there was none that counts.
    static func remove(userID: String, _ transaction: any SQLTransaction) async throws -> Bool {
        let removed = try await transaction.query(
            "DELETE FROM second_factors WHERE user_id = ? RETURNING confirmed_at", [.text(userID)])
        try await transaction.execute("DELETE FROM recovery_codes WHERE user_id = ?", [.text(userID)])
        try await SecondFactorTicketRows.removeAll(of: userID, transaction)
        return try removed.first?.optionalInteger("confirmed_at") != nil
    }

    /// In place of those that there were.
    static func keep(recoveryHashes: [String], userID: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute("DELETE FROM recovery_codes WHERE user_id = ?", [.text(userID)])
        for hash in recoveryHashes {
            try await transaction.execute(
                "INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)", [.text(userID), .text(hash)])
        }
    }

    static func use(
        recoveryHash hash: String, userID: String, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            "UPDATE recovery_codes SET used_at = ? WHERE user_id = ? AND code_hash = ? AND used_at IS NULL",
            [.integer(now), .text(userID), .text(hash)]) == 1
    }

    static func recoveryCodesLeft(userID: String, _ transaction: any SQLTransaction) async throws -> Int {
        let rows = try await transaction.query(
            "SELECT COUNT(*) AS codes FROM recovery_codes WHERE user_id = ? AND used_at IS NULL", [.text(userID)])
        return Int(try rows.first?.integer("codes") ?? 0)
    }
}

import Secrets
import Storage

/// What a second factor is at rest: seeds sealed for their account, recovery codes hashed with a key.
struct SecondFactorSeals: Sendable {
    private let seeds: DataKeySeal
    private let recoveryCodes: DataKeySeal

    /// - Parameter dataKey: `PORTAL_DATA_KEY`.
    init(dataKey: SecretBytes, entropy: Entropy) {
        seeds = DataKeySeal(dataKey, for: .secondFactorSeed, entropy: entropy)
        recoveryCodes = DataKeySeal(dataKey, for: .recoveryCodes, entropy: entropy)
    }

    func seal(seed: [UInt8], of userID: String) throws -> String { try seeds.seal(seed, for: userID) }

    /// Nil for the seed of another account, or one that another `PORTAL_DATA_KEY` sealed.
    func seed(_ sealed: String, of userID: String) -> [UInt8]? { seeds.open(sealed, for: userID) }

    func hash(_ code: RecoveryCode, of userID: String) -> String { code.hash(of: userID, key: recoveryCodes.key) }

    /// Whether the answer is right; what it spends is spent in the same transaction, so that nothing opens twice.
    func spend(
        _ answer: SecondFactorAnswer, of userID: String, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        switch answer {
        case .code(let code):
            guard let row = try await SecondFactorRows.find(userID: userID, transaction), row.confirmedAt != nil,
                let step = step(of: code, in: row, of: userID, now: now)
            else { return false }
            return try await SecondFactorRows.use(step: step, userID: userID, transaction)
        case .recoveryCode(let code):
            guard let code else { return false }
            return try await SecondFactorRows.use(
                recoveryHash: hash(code, of: userID), userID: userID, now: now, transaction)
        }
    }

    /// Makes the factor count that was begun, when the code is its own.
    func confirm(
        _ answer: SecondFactorAnswer, of userID: String, recoveryCodes: [RecoveryCode], now: Int64,
        _ transaction: any SQLTransaction
    ) async throws -> Bool {
        guard case .code(let code) = answer,
            let row = try await SecondFactorRows.find(userID: userID, transaction), row.confirmedAt == nil,
            let step = step(of: code, in: row, of: userID, now: now),
            try await SecondFactorRows.confirm(userID: userID, step: step, now: now, transaction)
        else { return false }
        try await SecondFactorRows.keep(
            recoveryHashes: recoveryCodes.map { hash($0, of: userID) }, userID: userID, transaction)
        return true
    }

    private func step(of code: String, in row: SecondFactorRow, of userID: String, now: Int64) -> Int64? {
        seed(row.sealedSeed, of: userID).flatMap {
            OneTimePassword.step(of: code, seed: $0, after: row.lastStep, now: now)
        }
    }
}

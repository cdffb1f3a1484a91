import Storage

/// That a second factor was given. Only the check below makes one.
struct SecondFactorPassed: Sendable {
    fileprivate init() {}
}

/// Sign-ins that wait for their second factor.
extension SecondFactorStore {
    /// A sign-in that may go on.
    struct Redeemed: Sendable {
        var signIn: SignIn
        var passed: SecondFactorPassed
        /// The ticket enrolled the account, with these.
        var recoveryCodes: [RecoveryCode]?
    }

    enum Redemption: Sendable {
        case redeemed(Redeemed)
        case unknownTicket
        case refused(Verdict)
    }

    /// Nil for a ticket that is over.
    func isForEnrolment(ticketHash: String, now: Int64) async throws -> Bool? {
        try await database.read {
            try await SecondFactorTicketRows.find(hash: ticketHash, now: now, $0)?.isForEnrolment
        }
    }

    /// Whose enrolment a ticket is for; nil for any other ticket.
    func enrolling(ticketHash: String, now: Int64) async throws -> User? {
        try await database.read { transaction in
            guard let ticket = try await SecondFactorTicketRows.find(hash: ticketHash, now: now, transaction),
                ticket.isForEnrolment, let user = try await UserRows.find(id: ticket.userID, transaction),
                user.disabledAt == nil
            else { return nil }
            return user
        }
    }

    /// Takes a ticket and an answer for a sign-in. The ticket is spent with the right answer, and after so many wrong
    /// ones.
    /// - Parameter recoveryCodes: kept if this enrols the account.
    func redeem(
        ticketHash: String, _ answer: SecondFactorAnswer, recoveryCodes: [RecoveryCode], source: AuditSource
    ) async throws -> Redemption {
        // Outside of the write first: guesses at tickets must not queue for the writer.
        guard
            try await database.read({
                try await SecondFactorTicketRows.find(hash: ticketHash, now: source.now, $0)
            }) != nil
        else { return .unknownTicket }
        return try await database.write { transaction in
            guard
                let ticket = try await SecondFactorTicketRows.find(hash: ticketHash, now: source.now, transaction),
                let user = try await UserRows.find(id: ticket.userID, transaction), user.disabledAt == nil
            else { return .unknownTicket }
            let verdict = try await attempt(answer, of: user, source, transaction) {
                ticket.isForEnrolment
                    ? try await enrol(answer, of: user, recoveryCodes, source, transaction)
                    : try await seals.spend(answer, of: user.id, now: source.now, transaction)
            }
            guard verdict == .right else {
                if case .wrong = verdict { try await SecondFactorTicketRows.miss(hash: ticketHash, transaction) }
                return .refused(verdict)
            }
            try await SecondFactorTicketRows.spend(hash: ticketHash, transaction)
            return .redeemed(
                Redeemed(
                    signIn: SignIn(
                        user: user, method: SignInMethod(ticket.method), kind: ticket.kind, replaces: ticket.replaces,
                        caller: source.caller, now: source.now),
                    passed: SecondFactorPassed(), recoveryCodes: ticket.isForEnrolment ? recoveryCodes : nil))
        }
    }
}

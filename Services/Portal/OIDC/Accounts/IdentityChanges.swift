import Storage

/// What a signed-in person does with the accounts at providers that open theirs.
extension IdentityStore {
    /// A proven person who is to open an account.
    struct Link: Sendable {
        var person: ProvenPerson
        var intent: LinkIntent
        var identityID: String
        /// As the settings call it, for the letter.
        var providerName: String
        /// - Returns: what the audit trail gets.
        var event: @Sendable (User) -> AuditEvent
        /// Seconds since the epoch.
        var now: Int64
    }

    enum LinkOutcome: Sendable, Equatable {
        case linked
        /// It was before.
        case known
        case refused(AccountFault)
        /// The ID token counted before.
        case replayed
        /// The session that began it is over.
        case sessionEnded
    }

    func link(_ link: Link) async throws -> LinkOutcome {
        let (person, now) = (link.person, link.now)
        return try await database.write { transaction in
            guard
                try await IdentityRows.useToken(
                    hash: person.tokenHash, expiresAt: person.tokenExpiresAt, transaction)
            else { return .replayed }
            guard let session = try await SessionRows.find(id: link.intent.sessionID, transaction),
                session.isLive(at: now), session.userID == link.intent.userID,
                let user = try await UserRows.find(id: session.userID, transaction), user.disabledAt == nil
            else { return .sessionEnded }
            if let known = try await IdentityRows.find(
                issuer: person.issuer, subject: person.subject, transaction)
            {
                guard known.userID == user.id else { return .refused(.taken) }
                return .known
            }
            // Who registered with somebody else's address must not keep a way in for the day that its owner comes.
            guard user.emailVerifiedAt != nil else { return .refused(.ownAddressUnverified) }
            guard try await IdentityRows.all(of: user.id, transaction).count < IdentityRows.maximumPerUser else {
                return .refused(.tooMany)
            }
            try await IdentityRows.insert(
                LinkedIdentity(
                    id: link.identityID, issuer: person.issuer, subject: person.subject, userID: user.id,
                    email: person.email?.text ?? "", createdAt: now, lastUsedAt: now), transaction)
            try await tell(.identityLinked, user, of: link.providerName, now: now, transaction)
            try await AuditRows.insert(link.event(user), transaction)
            return .linked
        }
    }

    enum Removal: Sendable, Equatable { case removed, unknown, lastWayIn }

    /// - Parameters:
    ///   - open: whether a provider of this issuer is configured, so that its identities open anything.
    ///   - name: what the letter calls the provider of an issuer.
    func remove(
        id: String, of userID: String, now: Int64, open: @Sendable (_ issuer: String) -> Bool,
        name: @Sendable (_ issuer: String) -> String, event: @Sendable (LinkedIdentity) -> AuditEvent
    ) async throws -> Removal {
        try await database.write { transaction in
            let all = try await IdentityRows.all(of: userID, transaction)
            guard let identity = all.first(where: { $0.id == id }),
                let user = try await UserRows.find(id: userID, transaction)
            else { return .unknown }
            let hasPassword = try await UserRows.hasPassword(id: userID, transaction)
            guard hasPassword || all.contains(where: { $0.id != id && open($0.issuer) }) else { return .lastWayIn }
            try await IdentityRows.remove(id: id, transaction)
            try await tell(.identityRemoved, user, of: name(identity.issuer), now: now, transaction)
            try await AuditRows.insert(event(identity), transaction)
            return .removed
        }
    }

    private func tell(
        _ kind: Letter.Kind, _ user: User, of provider: String, now: Int64, _ transaction: any SQLTransaction
    ) async throws {
        guard let email = EmailAddress(user.email) else { return }
        try await post.post(
            Letter(kind, to: email, name: user.name, detail: provider), limited: false, now: now, transaction)
    }
}

/// What one entry of the audit log tells: who did what to which thing, and how it ended.
///
/// The owner decides what it says. No secret and no token belongs into it: entries can't be taken back.
package struct AuditRecord: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case done
        /// What is about to be done and can't be in its entry's transaction; another entry tells how it ended, unless
        /// whoever did it ended first.
        case begun
        /// With the code that the caller was answered.
        case refused(String)

        /// `done`, `begun`, or `refused:` and the code.
        package var text: String {
            switch self {
            case .done: "done"
            case .begun: "begun"
            case .refused(let code): "\(Self.refusedPrefix)\(code)"
            }
        }

        static let refusedPrefix = "refused:"

        init?(text: String) {
            if text == "done" {
                self = .done
            } else if text == "begun" {
                self = .begun
            } else if text.hasPrefix(Self.refusedPrefix) {
                self = .refused(String(text.dropFirst(Self.refusedPrefix.count)))
            } else {
                return nil
            }
        }
    }

    package struct Resource: Sendable, Equatable {
        package let kind: String
        package let id: String

        package init(kind: String, id: String) {
            self.kind = AuditBounds.cut(kind)
            self.id = AuditBounds.cut(id)
        }
    }

    /// Seconds since the epoch.
    package let at: Int64
    /// The token's subject, or the name of what acts by itself (`lockstep`).
    package let actor: String
    package let issuer: String?
    package let roles: [String]
    /// Area and verb: `farm.createFarm`, `customers.suspend`, `db.execute`.
    package let action: String
    package let resource: Resource?
    package let outcome: Outcome
    package let requestID: String?
    /// The client's, as the edge has told it.
    package let address: String?
    /// JSON.
    package let details: String?

    /// What is longer than an entry may hold is cut (512 bytes a field). Details beyond 8 KiB are replaced by
    /// their size and SHA-256, which still prove what they were.
    package init(
        at: Int64, actor: String, issuer: String? = nil, roles: [String] = [], action: String,
        resource: Resource? = nil, outcome: Outcome = .done, requestID: String? = nil, address: String? = nil,
        details: String? = nil
    ) {
        self.at = at
        self.actor = AuditBounds.cut(actor)
        self.issuer = issuer.map { AuditBounds.cut($0) }
        self.roles = AuditBounds.roles(roles)
        self.action = AuditBounds.cut(action)
        self.resource = resource
        if case .refused(let code) = outcome {
            self.outcome = .refused(AuditBounds.cut(code, limit: 128))
        } else {
            self.outcome = outcome
        }
        self.requestID = requestID.map { AuditBounds.cut($0) }
        self.address = address.map { AuditBounds.cut($0) }
        self.details = details.map(AuditBounds.details)
    }
}

/// One entry as it stands in the log.
package struct AuditEntry: Sendable, Equatable {
    /// From 1, without gaps.
    package let position: Int64
    package let record: AuditRecord
    /// 64 hexadecimal digits; it follows from the entry and from the hash before it.
    package let hash: String
}

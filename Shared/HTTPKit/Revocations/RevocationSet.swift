package import Contracts
package import Tokens

/// Which tokens are revoked: a value, bounded, asked on each request.
///
/// **When it is full it grows coarser, never more lenient.** The oldest entries of the issuer that has the most are
/// folded into one line: what that issuer issued until their moment is refused, whoever's it is. Entries outlive the
/// tokens that they concern by far (they are kept for the longest life that a verifier allows), so the oldest are nearly
/// always about tokens that have expired, and folding them refuses nobody.
package struct RevocationSet: Sendable {
    /// Entries, of all issuers; some 150 bytes each.
    package static let defaultCapacity = 200_000

    private struct Entry {
        /// Seconds since the epoch.
        var occurredAt: Int64
        var expiresAt: Int64
    }

    /// All tokens of a user or customer until a moment.
    private struct Until {
        /// Tokens issued until then are revoked, whatever their version.
        var plain: Int64 = .min
        /// Tokens issued until then are revoked unless they have `version`.
        var versioned: Int64 = .min
        var version: Int64 = .min
        var expiresAt: Int64

        var occurredAt: Int64 { max(plain, versioned) }

        func covers(issuedAt: Int64, tokenVersion: Int64?) -> Bool {
            if issuedAt <= plain { return true }
            guard version != .min else { return false }
            guard let tokenVersion else { return issuedAt <= versioned }
            return tokenVersion < version
        }
    }

    /// What one issuer has revoked.
    private struct Table {
        var sessions: [String: Entry] = [:]
        var tokens: [String: Entry] = [:]
        var subjects: [String: Until] = [:]
        /// Everything issued until then is refused: what was folded.
        var floor: Int64 = .min
        var floorExpiresAt: Int64 = .min

        var count: Int { sessions.count + tokens.count + subjects.count }
        var isEmpty: Bool { count == 0 && floor == .min }
    }

    private let capacity: Int
    private var issuers: [String: Table] = [:]
    /// Of customers; tokens of every issuer name them.
    private var customers: [String: Until] = [:]
    /// Of customers' users, for tokens that name no customer.
    private var customerUsers: [String: Until] = [:]
    /// Everything issued until then that names a customer is refused: what was folded.
    private var customerFloor = Until(expiresAt: .min)
    /// And what names none.
    private var customerUserFloor = Until(expiresAt: .min)
    package private(set) var count = 0

    package init(capacity: Int = Self.defaultCapacity) { self.capacity = max(1, capacity) }

    package var isEmpty: Bool {
        count == 0 && issuers.isEmpty && customerFloor.plain == .min && customerUserFloor.plain == .min
    }

    // MARK: asking

    /// - Parameters:
    ///   - sessionID: `sid`, `tokenID`: `jti`, `subject`: `sub`, `issuedAt`: `iat`, as the verified token says.
    ///   - now: seconds since the epoch. An entry past its time says nothing any more, swept or not.
    package func isRevoked(
        sessionID: String?, tokenID: String?, subject: String, issuedAt: Int64, issuer: String, now: Int64,
        tokenVersion: Int64? = nil, customerID: String? = nil
    ) -> Bool {
        if !issuers.isEmpty, let table = issuers[issuer] {
            if issuedAt <= table.floor, now < table.floorExpiresAt { return true }
            if let sessionID, let entry = table.sessions[sessionID], now < entry.expiresAt { return true }
            if let tokenID, let entry = table.tokens[tokenID], now < entry.expiresAt { return true }
            if let until = table.subjects[subject], now < until.expiresAt,
                until.covers(issuedAt: issuedAt, tokenVersion: tokenVersion)
            {
                return true
            }
        }
        return isCustomerRevoked(customerID, subject: subject, issuedAt: issuedAt, now: now)
    }

    /// - Parameter now: seconds since the epoch.
    package func isRevoked(_ identity: Identity, now: Int64) -> Bool {
        isRevoked(
            sessionID: identity.sessionID, tokenID: identity.tokenID, subject: identity.subject,
            issuedAt: identity.issuedAt, issuer: identity.issuer, now: now, tokenVersion: identity.tokenVersion,
            customerID: identity.customerID)
    }

    private func isCustomerRevoked(_ customerID: String?, subject: String, issuedAt: Int64, now: Int64) -> Bool {
        if let customerID {
            if issuedAt <= customerFloor.plain, now < customerFloor.expiresAt { return true }
            guard let until = customers[customerID] else { return false }
            return now < until.expiresAt && until.covers(issuedAt: issuedAt, tokenVersion: nil)
        }
        if issuedAt <= customerUserFloor.plain, now < customerUserFloor.expiresAt { return true }
        guard let until = customerUsers[subject] else { return false }
        return now < until.expiresAt && until.covers(issuedAt: issuedAt, tokenVersion: nil)
    }

    // MARK: changing

    /// The same again changes nothing.
    /// - Parameter expiresAt: from then on no token that it concerns is good anyway; seconds since the epoch.
    package mutating func insert(_ revocation: Revocation, expiresAt: Int64) {
        let entry = Entry(occurredAt: revocation.occurredAt, expiresAt: expiresAt)
        switch revocation.subject {
        case .session(let id, _):
            add(entry, id, to: \.sessions, of: revocation.issuer)
        case .token(let id):
            add(entry, id, to: \.tokens, of: revocation.issuer)
        case .user(let user):
            var table = issuers.removeValue(forKey: revocation.issuer) ?? Table()
            count += Self.merge(revocation, user, expiresAt, into: &table.subjects)
            issuers[revocation.issuer] = table
        case .customer(let id, let user):
            count += Self.merge(revocation, id, expiresAt, into: &customers)
            if let user { count += Self.merge(revocation, user, expiresAt, into: &customerUsers) }
        }
        if count > capacity { fold() }
    }

    /// Forgets what is past its time.
    package mutating func sweep(now: Int64) {
        for (issuer, old) in issuers {
            var table = old
            table.sessions = table.sessions.filter { now < $0.value.expiresAt }
            table.tokens = table.tokens.filter { now < $0.value.expiresAt }
            table.subjects = table.subjects.filter { now < $0.value.expiresAt }
            if now >= table.floorExpiresAt { table.floor = .min }
            issuers[issuer] = table.isEmpty ? nil : table
        }
        customers = customers.filter { now < $0.value.expiresAt }
        customerUsers = customerUsers.filter { now < $0.value.expiresAt }
        if now >= customerFloor.expiresAt { customerFloor = Until(expiresAt: .min) }
        if now >= customerUserFloor.expiresAt { customerUserFloor = Until(expiresAt: .min) }
        recount()
    }

    private mutating func add(
        _ entry: Entry, _ id: String, to path: WritableKeyPath<Table, [String: Entry]>, of issuer: String
    ) {
        // Taken out while it changes, so that it is not copied.
        var table = issuers.removeValue(forKey: issuer) ?? Table()
        if let known = table[keyPath: path][id] {
            table[keyPath: path][id]?.expiresAt = max(known.expiresAt, entry.expiresAt)
        } else {
            table[keyPath: path][id] = entry
            count += 1
        }
        issuers[issuer] = table
    }

    /// - Returns: how many entries came.
    private static func merge(
        _ revocation: Revocation, _ id: String, _ expiresAt: Int64, into subjects: inout [String: Until]
    ) -> Int {
        let known = subjects[id]
        var until = known ?? Until(expiresAt: expiresAt)
        until.expiresAt = max(until.expiresAt, expiresAt)
        if let version = revocation.tokenVersion {
            until.version = max(until.version, version)
            until.versioned = max(until.versioned, revocation.occurredAt)
        } else {
            until.plain = max(until.plain, revocation.occurredAt)
        }
        subjects[id] = until
        return known == nil ? 1 : 0
    }

    private mutating func recount() {
        count = issuers.values.reduce(customers.count + customerUsers.count) { $0 + $1.count }
    }

    // MARK: overflow

    /// Makes room for an eighth of what may be held, so that a full set is not folded at each event.
    private mutating func fold() {
        let surplus = count - capacity + max(1, capacity / 8)
        if let largest = issuers.max(by: { $0.value.count < $1.value.count }),
            largest.value.count >= customers.count + customerUsers.count
        {
            var table = largest.value
            let moment = Self.moment(
                table.sessions.values.map(\.occurredAt) + table.tokens.values.map(\.occurredAt)
                    + table.subjects.values.map(\.occurredAt), surplus)
            let expiries =
                table.sessions.values.filter { $0.occurredAt <= moment }.map(\.expiresAt)
                + table.tokens.values.filter { $0.occurredAt <= moment }.map(\.expiresAt)
                + table.subjects.values.filter { $0.occurredAt <= moment }.map(\.expiresAt)
            table.sessions = table.sessions.filter { $0.value.occurredAt > moment }
            table.tokens = table.tokens.filter { $0.value.occurredAt > moment }
            table.subjects = table.subjects.filter { $0.value.occurredAt > moment }
            table.floor = max(table.floor, moment)
            table.floorExpiresAt = max(table.floorExpiresAt, expiries.max() ?? .min)
            issuers[largest.key] = table
        } else {
            let moment = Self.moment((Array(customers.values) + Array(customerUsers.values)).map(\.occurredAt), surplus)
            Self.fold(&customers, until: moment, into: &customerFloor)
            Self.fold(&customerUsers, until: moment, into: &customerUserFloor)
        }
        recount()
    }

    private static func fold(_ subjects: inout [String: Until], until moment: Int64, into floor: inout Until) {
        let folded = subjects.values.filter { $0.occurredAt <= moment }
        guard let expiresAt = folded.map(\.expiresAt).max() else { return }
        floor.plain = max(floor.plain, moment)
        floor.expiresAt = max(floor.expiresAt, expiresAt)
        subjects = subjects.filter { $0.value.occurredAt > moment }
    }

    /// Until when to fold so that at least `surplus` go.
    private static func moment(_ moments: [Int64], _ surplus: Int) -> Int64 {
        let sorted = moments.sorted()
        return sorted[min(max(surplus, 1), sorted.count) - 1]
    }
}

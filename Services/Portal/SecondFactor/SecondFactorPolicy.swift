import Contracts
import ServiceKit
import Storage

/// Whose password, or provider's word, is not enough.
struct SecondFactorPolicy: Sendable, Equatable {
    /// What is asked for before a session opens.
    enum Demand: Equatable, Sendable {
        /// A code, or a recovery code.
        case code
        /// There is no second factor yet, and there must be one.
        case enrolment
    }

    /// People of these roles must have one.
    var requiredRoles: Set<String> = []

    func isRequired(of user: User) -> Bool { !requiredRoles.isDisjoint(with: user.roles) }

    /// Nil where nothing more is asked.
    func demand(of user: User, _ transaction: any SQLTransaction) async throws -> Demand? {
        if try await SecondFactorRows.isEnrolled(userID: user.id, transaction) { return .code }
        return isRequired(of: user) ? .enrolment : nil
    }

    /// Whether sessions of the user are good now: those from before a second factor became a duty are not, until there
    /// is one.
    func admits(_ user: User, _ transaction: any SQLTransaction) async throws -> Bool {
        guard user.disabledAt == nil else { return false }
        guard isRequired(of: user) else { return true }
        return try await SecondFactorRows.isEnrolled(userID: user.id, transaction)
    }
}

extension SecondFactorPolicy {
    /// Reads `SECOND_FACTOR_REQUIRED_ROLES`. A role that nobody can have here is a fault: whoever wrote it believes that
    /// somebody is held to it.
    init(reader: SettingsReader, kind: PortalKind) {
        let name = "SECOND_FACTOR_REQUIRED_ROLES"
        let known = kind == .platform ? Role.platform : Role.customers
        let named = (reader.string(name) ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        for role in named where !known.contains(role) && !(Role.platform + Role.customers).contains(role) {
            reader.fault(
                name, "names \"\(role)\", which is no role.", mend: "Use some of: \(known.joined(separator: ", ")).")
        }
        requiredRoles = Set(named)
    }
}

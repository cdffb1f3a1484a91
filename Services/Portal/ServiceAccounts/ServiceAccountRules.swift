import Contracts

/// What a service account may be.
struct ServiceAccountRules: Sendable {
    let kind: PortalKind

    static let maximumRoles = 8
    static let maximumScopes = 16
    private static let maximumWordBytes = 64

    var grantable: [String] { kind == .platform ? Role.platform : Role.customers }

    /// Field → what is wrong with it.
    func faults(in draft: ServiceAccountService.Draft, administrator: User) -> [String: String] {
        var faults: [String: String] = [:]
        let name = BoundedText.line(draft.name, maximumBytes: 4 * ServiceAccount.maximumNameCharacters)
        if name != draft.name || !(1...ServiceAccount.maximumNameCharacters).contains(name.count)
            || name.first == " " || name.last == " "
        {
            faults["name"] = "must be 1 to \(ServiceAccount.maximumNameCharacters) characters of plain text"
        }
        if !(1...Self.maximumRoles).contains(draft.roles.count) || Set(draft.roles).count != draft.roles.count
            || !draft.roles.allSatisfy(grantable.contains)
        {
            faults["roles"] =
                "must be 1 to \(Self.maximumRoles) different roles of this portal's: \(grantable.joined(separator: ", "))"
        } else if !Self.mayGrant(draft.roles, administrator) {
            faults["roles"] = "are more than you have yourself"
        }
        if draft.scopes.count > Self.maximumScopes || Set(draft.scopes).count != draft.scopes.count
            || !draft.scopes.allSatisfy(Self.isWord)
        {
            faults["scopes"] = "must be at most \(Self.maximumScopes) different names of a-z, 0-9 and . _ : -"
        } else if draft.scopes.contains(DBUpdates.scope) {
            // What it opens asks for a person's password each time (docs/decisions/0005).
            faults["scopes"] = "can't hold \(DBUpdates.scope): it is for people alone"
        }
        return faults
    }

    /// An administrator makes nobody who may do more than they.
    static func mayGrant(_ roles: [String], _ administrator: User) -> Bool {
        administrator.roles.contains(Role.superAdmin) || !roles.contains(Role.superAdmin)
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumWordBytes
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

package import Tokens

/// Who a verified token speaks of, as the plant sees them.
package struct Caller: Sendable {
    package let identity: Identity
    /// The active customer whose user this is; nil for platform people.
    package let customerID: String?
    /// What the token's roles permit here (`RoleBook`).
    package let permissions: Set<String>

    package init(identity: Identity, customerID: String?, permissions: Set<String>) {
        self.identity = identity
        self.customerID = customerID
        self.permissions = permissions
    }

    package func may(_ permission: String) -> Bool { permissions.contains(permission) }
}

/// What lies in a store under one name: one value, or, for services that read raw secrets, three of them.
package struct StoredSecret: Sendable, Hashable {
    /// A raw secret, or a JWK Set that holds the whole ring; then `next` and `previous` are nil.
    package var current: SecretBytes
    package var next: SecretBytes?
    package var previous: SecretBytes?

    package init(current: SecretBytes, next: SecretBytes? = nil, previous: SecretBytes? = nil) {
        self.current = current
        self.next = next
        self.previous = previous
    }
}

/// One page of a list, and how many there are in all.
package struct Listing<Item: Sendable>: Sendable {
    package let items: [Item]
    package let total: Int64

    package init(items: [Item], total: Int64) {
        self.items = items
        self.total = total
    }
}

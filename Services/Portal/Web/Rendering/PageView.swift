/// One of the pages that an area consists of, as the switch between them shows it (`page-views`).
struct PageView: Sendable {
    let label: PageText
    let address: PageText
    let isCurrent: Bool

    init(_ label: String, _ address: String, isCurrent: Bool) {
        self.label = PageText(label)
        self.address = PageText(address)
        self.isCurrent = isCurrent
    }
}

/// `GET /customers/{id}/merge`: into which other one? Nothing is done here yet.
struct CustomerMergePage: WebPage {
    struct Candidate: Sendable {
        let address: PageText
        let name: PageText
        let email: PageText
        let plan: PageText
        let standing: CustomerStanding
    }

    let templateName = "customer-merge"
    let frame: PageFrame
    let back: PageText
    let name: PageText
    let address: PageText
    let search: PageText
    let candidates: [Candidate]
    let nothingFound: Bool
    /// There are more than are shown.
    let hasMore: Bool

    /// - Parameter found: nil where nothing was looked for yet.
    init(
        parts: WebParts, visitor: Visitor, customer: CustomerDocument, search: String,
        found: PlantList<CustomerDocument>?
    ) {
        let texts = parts.texts
        frame = parts.frame(texts["customers.act_merge"], for: visitor)
        back = PageText(CustomerForms.address(customer.id))
        name = PageText(customer.name)
        let address = CustomerForms.address(customer.id, .merge)
        self.address = PageText(address)
        self.search = PageText(search)
        let others = (found?.data ?? []).filter { $0.id != customer.id }
        candidates = others.compactMap { other in
            RecordID(other.id).map { id in
                Candidate(
                    address: PageText("\(address)?into=\(id.text)"), name: PageText(other.name),
                    email: PageText(other.email), plan: PageText(other.plan),
                    standing: CustomerStanding(other, texts, now: visitor.now))
            }
        }
        nothingFound = found != nil && others.isEmpty
        hasMore = (found?.total ?? 0) > CustomerBook.shown
    }
}

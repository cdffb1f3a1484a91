import ServiceKit

/// `GET /customers`: all of them, by search, standing and plan.
struct CustomersPage: WebPage {
    struct Row: Sendable {
        let address: PageText
        let name: PageText
        let email: PageText
        let plan: PageText
        let planAddress: PageText
        let standing: CustomerStanding
        let isDuplicate: Bool
        let since: PageMoment
    }

    struct Count: Sendable {
        let word: PageText
        let count: PageText
        /// Of the same list with this filter, or without it where it is on.
        let address: PageText
        let isChosen: Bool
    }

    let templateName = "customers"
    let frame: PageFrame
    let count: PageText
    let counts: [Count]
    let rows: [Row]
    let isEmpty: Bool
    let nothingFound: Bool
    let mayAdd: Bool
    let filter: RecordFilterForm
    let statuses: [WorkForm.Option]
    let plan: PageText
    let pages: [PageLinks]

    /// - Parameter counts: by standing; those that did not come are left out.
    init(
        parts: WebParts, visitor: Visitor, rights: CustomerRights, list: PlantList<CustomerDocument>,
        counts: [(status: String, count: Int)], filter: RecordFilter, notice: String? = nil
    ) {
        let texts = parts.texts
        let home = CustomerForms.address
        frame = parts.frame(texts["menu.customers"], for: visitor, notice: notice)
        count = PageText(texts.counted("customers.found", list.total))
        self.counts = counts.map { status, count in
            let isChosen = filter["status"] == status
            return Count(
                word: PageText(CustomerStanding.word(status, texts)), count: PageText(String(count)),
                address: PageText(filter.with("status", isChosen ? nil : status).address(home)), isChosen: isChosen)
        }
        rows = list.data.map { customer in
            Row(
                address: PageText(CustomerForms.address(customer.id)), name: PageText(customer.name),
                email: PageText(customer.email), plan: PageText(customer.plan),
                planAddress: PageText(filter.with("plan", customer.plan).address(home)),
                standing: CustomerStanding(customer, texts, now: visitor.now),
                isDuplicate: customer.duplicateOf != nil, since: PageMoment(customer.createdAt.seconds))
        }
        isEmpty = list.total == 0 && !filter.isNarrowed
        nothingFound = list.data.isEmpty && !isEmpty
        mayAdd = rights.mayChange
        self.filter = RecordFilterForm(filter, home, texts)
        statuses = [CustomerDocument.active, CustomerDocument.suspended].map { status in
            .init(
                value: PageText(status), label: PageText(CustomerStanding.word(status, texts)),
                isChosen: filter["status"] == status)
        }
        plan = PageText(filter["plan"] ?? "")
        pages = PageLinks.make(list.page, of: list.totalPages, texts) { filter.address(home, page: $0) }
    }
}

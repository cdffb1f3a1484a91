import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit

/// The customers of the plant, for those of the platform who look after them.
struct CustomerRoutes: AreaPages {
    let parts: WebParts
    let plant: PlantAPI

    /// Four thousand characters of any language, as a form sends them.
    private static let formBytes = 64 * 1024

    func add(to visitors: VisitorRoutes) {
        visitors.get("customers", .customers) { request, visitor in
            try await parts.withPlant(visitor) {
                let filter = CustomerBook.filter.reading(request.sentQuery)
                return try await list(visitor, filter, notice: request.notice)
            }
        }
        visitors.get("customers/new", .customers) { _, visitor in
            try await parts.withPlant(visitor) { try await adding(visitor) }
        }
        visitors.post("customers", .customers, FieldSet.self, maximumBytes: Self.formBytes) { typed, visitor, _ in
            try await add(typed, visitor)
        }
        visitors.get("customers/:customer", .customers) { request, visitor, context in
            let id = try Self.id(context)
            return try await parts.withPlant(visitor) { try await one(id, visitor, notice: request.notice) }
        }
        visitors.get("customers/:customer/edit", .customers) { _, visitor, context in
            let id = try Self.id(context)
            return try await parts.withPlant(visitor) {
                try require(await rights(of: visitor).mayChange)
                return try await changing(id, visitor)
            }
        }
        visitors.post("customers/:customer/edit", .customers, FieldSet.self, maximumBytes: Self.formBytes) {
            typed, visitor, context in
            try await change(try Self.id(context), typed, visitor)
        }
        visitors.get("customers/:customer/export", .customers) { _, visitor, context in
            let id = try Self.id(context)
            return try await parts.withPlant(visitor) { try await book(visitor).export(id).response }
        }
        CustomerActRoutes(routes: self).add(to: visitors)
    }

    static func id(_ context: AppContext) throws -> RecordID { try FarmRoutes.id("customer", context) }

    func book(_ visitor: Visitor) -> CustomerBook { CustomerBook(plant: plant, visitor: visitor) }

    func rights(of visitor: Visitor) async throws(PlantFailure) -> CustomerRights {
        CustomerRights(try await plant.permissions(of: visitor))
    }

    /// A form is shown to those who may send it; whether it is done is the plant's to say.
    func require(_ isOffered: Bool) throws(Refusal) {
        guard isOffered else { throw Refusal(.forbidden, "Your roles do not allow this.") }
    }

    private func list(_ visitor: Visitor, _ filter: RecordFilter, notice: String?) async throws -> Response {
        let book = book(visitor)
        async let active = try? book.count(of: CustomerDocument.active)
        async let suspended = try? book.count(of: CustomerDocument.suspended)
        async let rights = rights(of: visitor)
        let list = try await book.list(filter)
        let counts = [(CustomerDocument.active, await active), (CustomerDocument.suspended, await suspended)]
        return try parts.pages.response(
            CustomersPage(
                parts: parts, visitor: visitor, rights: try await rights, list: list,
                counts: counts.compactMap { status, count in count.map { (status, $0) } }, filter: filter,
                notice: notice))
    }

    private func one(_ id: RecordID, _ visitor: Visitor, notice: String?) async throws -> Response {
        let book = book(visitor)
        let seesFarms = parts.isOpen(.farms, to: visitor)
        async let rights = rights(of: visitor)
        async let farms = seesFarms ? try? book.farms(of: id) : nil
        let customer = try await book.customer(id)
        return try parts.pages.response(
            CustomerPage(
                parts: parts, visitor: visitor, rights: try await rights, customer: customer, farms: await farms,
                notice: notice))
    }

    private func adding(
        _ visitor: Visitor, attempt: FormAttempt? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        try require(await rights(of: visitor).mayChange)
        let texts = parts.texts
        return try parts.pages.response(
            RecordFormPage(
                frame: parts.frame(texts["customers.add"], for: visitor), back: CustomerForms.address,
                backLabel: texts["customers.back"], heading: texts["customers.add"],
                said: [texts["customers.add_hint"]],
                form: CustomerForms(texts: texts, visitor: visitor).adding(attempt)), status: status)
    }

    private func add(_ typed: FieldSet, _ visitor: Visitor) async throws -> Response {
        let reading = CustomerForms.adding(typed, parts.texts, now: visitor.now)
        return try await RecordWork(parts: parts, visitor: visitor, form: "customer_new", typed: typed).submit(
            faults: reading.faults, needsVersion: false,
            again: { try await adding(visitor, attempt: $0, status: $1) },
            work: { change async throws(PlantFailure) in
                let customer = try await book(visitor).add(reading.body, change)
                return CustomerForms.address(customer.id) + "?notice=customer_added"
            })
    }

    private func changing(
        _ id: RecordID, _ visitor: Visitor, attempt: FormAttempt? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let texts = parts.texts
        let customer = try await book(visitor).customer(id)
        let attempt = RecordVersion.comparing(attempt, with: customer.fields, version: customer.version, texts)
        return try parts.pages.response(
            RecordFormPage(
                frame: parts.frame(customer.name, for: visitor), back: CustomerForms.address(customer.id),
                backLabel: customer.name, heading: texts("customers.edit_title", ["name": customer.name]),
                form: CustomerForms(texts: texts, visitor: visitor).changing(customer, attempt)), status: status)
    }

    private func change(_ id: RecordID, _ typed: FieldSet, _ visitor: Visitor) async throws -> Response {
        let reading = CustomerForms.changing(typed, parts.texts, now: visitor.now)
        return try await RecordWork(parts: parts, visitor: visitor, form: "customer", typed: typed).submit(
            faults: reading.faults, again: { try await changing(id, visitor, attempt: $0, status: $1) },
            work: { change async throws(PlantFailure) in
                _ = try await book(visitor).change(id, reading.body, change)
                return CustomerForms.address(id.text) + "?notice=customer_changed"
            })
    }
}

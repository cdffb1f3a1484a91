import HTTPTypes
import Hummingbird

/// A customer's own page: what the plant knows of it, and what of that is its own to change.
struct CustomerProfileRoutes: AreaPages {
    let parts: WebParts
    let plant: PlantAPI

    struct AddressForm: Decodable, Sendable { var version: Int64 }

    func add(to visitors: VisitorRoutes) {
        visitors.get("profile", .profile) { request, visitor in
            try await parts.withPlant(visitor) {
                try await page(
                    visitor, try await OwnCustomer(plant: plant, visitor: visitor).read(), notice: request.notice)
            }
        }
        visitors.post("profile", .profile, FieldSet.self) { typed, visitor, _ in
            try await parts.withPlant(visitor) { try await save(typed, visitor) }
        }
        visitors.post("profile/address", .profile, AddressForm.self) { form, visitor, _ in
            try await parts.withPlant(visitor) { try await takeAddress(form, visitor) }
        }
    }

    private func page(
        _ visitor: Visitor, _ own: OwnCustomerDocument, attempt: FormAttempt? = nil, addressProblem: String = "",
        notice: String? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        // Without its farms the page is still worth showing.
        let farms = try? await OwnCustomer(plant: plant, visitor: visitor).farms()
        return try parts.pages.response(
            CustomerProfilePage(
                parts: parts, visitor: visitor, own: own, farms: farms, attempt: attempt,
                addressProblem: addressProblem, notice: notice), status: status)
    }

    private func save(_ typed: FieldSet, _ visitor: Visitor) async throws -> Response {
        let customer = OwnCustomer(plant: plant, visitor: visitor)
        let own = try await customer.read()
        // Not a version that was ever shown: as if it were an old one.
        let version = Int64(typed["version"]) ?? 0
        do throws(PlantFailure) {
            guard version == own.version else { throw .conflict(detail: "", fields: [:]) }
            try await customer.write(
                ["name": typed.given("name"), "phone": typed.given("phone")], to: own, version: version)
        } catch .conflict {
            let now = try await customer.read()
            let attempt = FormAttempt(form: "profile", typed: typed, problem: "", faults: [:])
            return try await page(
                visitor, now, attempt: RecordVersion.overtaken(attempt, by: now.fields, parts.texts),
                status: .conflict)
        } catch {
            let fault = PlantFaultText(error, parts.texts)
            return try await page(
                visitor, own,
                attempt: FormAttempt(
                    form: "profile", typed: typed, problem: FarmFaults.sentence(error, fault, parts.texts),
                    faults: FarmFaults.byField(error)), status: fault.status)
        }
        return WebAnswers.redirect(to: "/profile?notice=profile_saved")
    }

    /// The plant takes the address that the visitor's token tells, and no other.
    private func takeAddress(_ form: AddressForm, _ visitor: Visitor) async throws -> Response {
        let customer = OwnCustomer(plant: plant, visitor: visitor)
        let own = try await customer.read()
        guard visitor.user.emailVerifiedAt != nil else {
            return try await page(
                visitor, own, addressProblem: parts.texts["profile.unconfirmed"], status: .unprocessableContent)
        }
        do throws(PlantFailure) {
            try await customer.write(["email": visitor.user.email], to: own, version: form.version)
        } catch {
            let fault = PlantFaultText(error, parts.texts)
            let problem =
                form.version == own.version ? fault.detail : RecordVersion.overtaken(besideFields: false, parts.texts)
            return try await page(visitor, own, addressProblem: problem, status: fault.status)
        }
        return WebAnswers.redirect(to: "/profile?notice=profile_address")
    }
}

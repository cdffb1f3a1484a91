import Contracts
import ServiceKit

/// `GET /profile`: a customer as the plant knows it.
struct CustomerProfilePage: WebPage {
    struct Farm: Sendable {
        let address: PageText
        let name: PageText
        let location: PageText
    }

    let templateName = "customer-profile"
    let frame: PageFrame
    let forms: [WorkForm]
    let version: PageText
    let email: PageText
    let since: PageText
    /// The visitor's own address, where it is another and confirmed; empty: there is nothing to offer.
    let ownAddress: PageText
    /// Why it could not be taken.
    let addressProblem: PageText
    let plan: PageText
    /// Empty: there is no trial.
    let trial: PageText
    let use: PageText
    let hasFarms: Bool
    let farms: [Farm]
    let hasPeople: Bool

    /// - Parameters:
    ///   - farms: nil where they can't be had just now.
    ///   - attempt: of the form, that was not accepted.
    init(
        parts: WebParts, visitor: Visitor, own: OwnCustomerDocument, farms: PlantList<FarmDocument>?,
        attempt: FormAttempt? = nil, addressProblem: String = "", notice: String? = nil
    ) {
        let texts = parts.texts
        frame = parts.frame(texts["profile.title"], for: visitor, notice: notice)
        forms = [Self.form(own, attempt, texts)]
        version = PageText(String(own.version))
        email = PageText(own.email)
        since = PageText(moment: own.createdAt.seconds)
        let isOffered =
            visitor.has(anyOf: [Role.customer, Role.customerAdmin]) && visitor.user.emailVerifiedAt != nil
            && visitor.user.email != own.email
        ownAddress = PageText(isOffered ? visitor.user.email : "")
        self.addressProblem = PageText(addressProblem)
        plan = PageText(own.plan == "free" ? texts["profile.plan_free"] : texts("profile.plan", ["plan": own.plan]))
        trial =
            own.trialEndsAt.map { texts.page("profile.trial", ["moment": PageText(moment: $0.seconds)]) } ?? ""
        use = PageText(
            farms.map { $0.total == 0 ? texts["farms.empty_customer"] : texts.counted("profile.farms", $0.total) }
                ?? texts["profile.farms_unknown"])
        self.farms = (farms?.data ?? []).map { farm in
            Farm(
                address: PageText(FarmAddress.farm(farm.id)), name: PageText(farm.name),
                location: PageText(farm.location ?? ""))
        }
        hasFarms = !self.farms.isEmpty
        hasPeople = parts.isOpen(.people, to: visitor)
    }

    private static func form(_ own: OwnCustomerDocument, _ attempt: FormAttempt?, _ texts: Texts) -> WorkForm {
        func field(_ name: String, _ label: String, _ value: String, hint: String, limit: Int) -> WorkForm.Field {
            WorkForm.Field(
                id: PageText("profile-\(name)"), name: PageText(name), label: PageText(label),
                value: PageText(attempt.map { $0.typed[name] } ?? value), hint: PageText(hint),
                fault: PageText(attempt?.faults[name] ?? ""), isInput: true, isArea: false, isChoice: false,
                type: "text", isNumber: false, isRequired: name == "name", limit: PageText(String(limit)), options: [])
        }
        return WorkForm(
            id: "form-profile", title: PageText(texts["profile.contact"]), action: "/profile",
            submit: PageText(texts["profile.save"]),
            hidden: [.init(name: "version", value: PageText(String(own.version)))],
            fields: [
                field("name", texts["field.name"], own.name, hint: texts["profile.name_hint"], limit: 200),
                field("phone", texts["profile.phone"], own.phone ?? "", hint: texts["profile.phone_hint"], limit: 40),
            ], problem: PageText(attempt?.problem ?? ""), isOpen: true)
    }
}

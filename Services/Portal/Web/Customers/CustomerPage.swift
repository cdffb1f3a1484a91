import ServiceKit

/// `GET /customers/{id}`: one customer, how it stands, and what may be done about it.
struct CustomerPage: WebPage {
    struct Farm: Sendable {
        let address: PageText
        let name: PageText
        let code: PageText
    }

    struct Act: Sendable {
        let address: PageText
        let label: PageText
        let hint: PageText
    }

    let templateName = "customer"
    let frame: PageFrame
    let name: PageText
    let standing: CustomerStanding
    /// Where its email was held before.
    let duplicateOf: PageText
    /// To make one of the two.
    let joins: PageText
    let facts: [AccountPage.Fact]
    let notes: PageText
    /// None for those who may only look.
    let edit: PageText
    let seesFarms: Bool
    /// The plant did not tell.
    let lacksFarms: Bool
    let farms: [Farm]
    let farmCount: PageText
    let acts: [Act]
    let finalActs: [Act]
    let export: PageText
    let mayNothing: Bool

    /// - Parameter farms: nil where they did not come, or are not for the visitor.
    init(
        parts: WebParts, visitor: Visitor, rights: CustomerRights, customer: CustomerDocument,
        farms: PlantList<FarmDocument>?, notice: String? = nil
    ) {
        let texts = parts.texts
        let home = CustomerForms.address(customer.id)
        frame = parts.frame(customer.name, for: visitor, notice: notice)
        name = PageText(customer.name)
        standing = CustomerStanding(customer, texts, now: visitor.now)
        duplicateOf = PageText(customer.duplicateOf.map(CustomerForms.address) ?? "")
        let mergeable =
            rights.may(.merge) && CustomerAct.merge.makesSense(of: customer, at: visitor.now)
        joins = PageText(
            customer.duplicateOf.flatMap { RecordID($0) }.flatMap { target in
                mergeable ? CustomerForms.address(customer.id, .merge) + "?into=\(target.text)" : nil
            } ?? "")
        facts = Self.facts(customer, texts)
        notes = PageText(customer.notes ?? "")
        edit = PageText(rights.mayChange ? home + "/edit" : "")
        seesFarms = parts.isOpen(.farms, to: visitor) && rights.maySeeFarms
        lacksFarms = seesFarms && farms == nil
        self.farms = (farms?.data ?? []).map {
            Farm(address: PageText(FarmAddress.farm($0.id)), name: PageText($0.name), code: PageText($0.code))
        }
        farmCount = PageText(farms.map { texts.counted("customers.farms", $0.total) } ?? "")
        let offered = CustomerAct.allCases.filter {
            rights.may($0) && $0.makesSense(of: customer, at: visitor.now)
        }
        func act(_ act: CustomerAct) -> Act {
            Act(
                address: PageText(CustomerForms.address(customer.id, act)),
                label: PageText(texts["customers.act_\(act.rawValue)"]),
                hint: PageText(texts["customers.hint_\(act.rawValue)"]))
        }
        acts = offered.filter { !$0.isFinal }.map(act)
        finalActs = offered.filter(\.isFinal).map(act)
        export = PageText(rights.mayExport ? home + "/export" : "")
        mayNothing = offered.isEmpty && export.isNull
    }

    private static func facts(_ customer: CustomerDocument, _ texts: Texts) -> [AccountPage.Fact] {
        var facts = [
            AccountPage.Fact(texts["field.email"], customer.email),
            .init(texts["customers.phone"], customer.phone ?? texts["customers.none"]),
            .init(texts["customers.plan"], customer.plan),
        ]
        if let trial = customer.trialEndsAt { facts.append(.init(texts["customers.trial_ends"], at: trial.seconds)) }
        if customer.isSuspended {
            let reason = customer.suspensionReason.map { CustomerStanding.reason($0, texts) }
            facts.append(.init(texts["customers.reason"], reason ?? texts["customers.no_reason"]))
        }
        facts += [
            .init(texts["customers.since"], at: customer.createdAt.seconds),
            .init(texts["records.changed"], at: customer.updatedAt.seconds),
            .init(texts["customers.user"], customer.userID ?? texts["customers.no_user"]),
            .init(texts["customers.id"], customer.id),
        ]
        return facts
    }
}

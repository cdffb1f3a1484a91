/// What is offered about customers, by the plant's permissions.
struct CustomerRights: Sendable {
    private let permissions: PlantPermissions

    init(_ permissions: PlantPermissions) { self.permissions = permissions }

    /// Fields, plans and trials.
    var mayChange: Bool { permissions.may(.changeCustomers) }

    var mayExport: Bool { permissions.may(.exportCustomers) }

    var maySeeFarms: Bool { permissions.may(.viewFarms) }

    func may(_ act: CustomerAct) -> Bool {
        switch act {
        case .suspend, .reactivate: permissions.may(.suspendCustomers)
        case .plan, .trial, .endTrial, .remove: mayChange
        case .merge: permissions.may(.mergeCustomers)
        case .erase: permissions.may(.eraseCustomers)
        }
    }
}

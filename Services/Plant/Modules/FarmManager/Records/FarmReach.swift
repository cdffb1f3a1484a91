package import PlantKit

/// Which farms a caller reaches. It is one condition on every statement, so that no list, count or search can forget it.
package enum FarmReach: Sendable, Equatable {
    case all
    /// One of the platform's people: farms that they manage or work at.
    case person(subject: String)
    /// A customer's own user: the customer's farms. Not by subject: two issuers may give the same one to two people.
    case customer(id: String)

    package init(_ caller: Caller) {
        if let customer = caller.customerID {
            self = .customer(id: customer)
        } else if caller.may(FarmPermissions.viewAll) {
            self = .all
        } else {
            self = .person(subject: caller.identity.subject)
        }
    }

    /// A part of a WHERE clause and what goes into its placeholders.
    package struct Condition: Sendable, Equatable {
        package let sql: String
        package let arguments: [SQLValue]
    }

    /// - Parameter column: which holds a farm's id.
    package func condition(_ column: String) -> Condition {
        switch self {
        case .all:
            Condition(sql: "1 = 1", arguments: [])
        case .person(let subject):
            Condition(
                sql: """
                    \(column) IN (SELECT id FROM farm_manager_farms WHERE manager = ? \
                    UNION SELECT farm_id FROM farm_manager_staff WHERE subject = ?)
                    """, arguments: [.text(subject), .text(subject)])
        case .customer(let id):
            Condition(
                sql: "\(column) IN (SELECT id FROM farm_manager_farms WHERE customer_id = ?)", arguments: [.text(id)])
        }
    }

    /// The same for a resource.
    func rows(_ column: String) -> Reach {
        guard self != .all else { return .all }
        let condition = condition(column)
        return .rows(where: condition.sql, condition.arguments)
    }
}

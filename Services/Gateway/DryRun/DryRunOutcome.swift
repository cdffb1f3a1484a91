/// What rules do with one request, as far as they alone decide.
enum DryRunOutcome: Equatable {
    /// - Parameters:
    ///   - destination: as a routes file writes it.
    ///   - path: as the upstream sees it.
    case forwarded(destination: String, path: String)
    /// A preflight, answered by the gateway.
    case preflight
    /// With a problem's code.
    case refused(String)
}

/// One kind of difference between the rules in force and a candidate's. Few: routes times codes.
struct DryRunDifference: Hashable, Sendable {
    enum Change: String, Sendable, CaseIterable {
        /// Goes through now; would not.
        case refused
        /// Does not go through now; would.
        case admitted
        /// Refused by both, with another code.
        case otherCode = "other_code"
        /// Forwarded by both, to another service or path.
        case elsewhere
        /// Forwarded by both to the same place, or answered as a preflight by both, by other rules (`ServedOtherwise`).
        case otherwise
    }

    /// The route in force, `none` without one; for a kind too many, `other`.
    let route: String
    let candidateRoute: String
    let change: Change
    /// Of the candidate's refusal; of the present one where it would let the request through; empty for `elsewhere`; the
    /// members in question for `otherwise`.
    let code: String

    /// - Parameter members: see `ServedOtherwise`; asked for where both do the same.
    /// - Returns: nil where both do the same in the same way.
    init?(
        route: String, _ present: DryRunOutcome, candidateRoute: String, _ candidate: DryRunOutcome,
        members: @autoclosure () -> String = ""
    ) {
        switch (present, candidate) {
        case (.refused(let one), .refused(let other)):
            if one == other { return nil }
            change = .otherCode
            code = other
        case (.refused(let one), _):
            change = .admitted
            code = one
        case (_, .refused(let other)):
            change = .refused
            code = other
        default:
            guard present == candidate else {
                change = .elsewhere
                code = ""
                break
            }
            let members = members()
            if members.isEmpty { return nil }
            change = .otherwise
            code = members
        }
        self.route = route
        self.candidateRoute = candidateRoute
    }

    /// In place of kinds that are too many to tell apart.
    static func other(_ change: Change) -> DryRunDifference { DryRunDifference(change) }

    private init(_ change: Change) {
        route = "other"
        candidateRoute = "other"
        self.change = change
        code = "other"
    }
}

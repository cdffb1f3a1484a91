package import PlantKit

extension FarmRecords {
    /// The state of a block, and what it may go to.
    package func status(of id: String) async throws -> (block: Block, allowed: [BlockState]) {
        let (block, planting) = try await occupied(id)
        return (block, Self.allowed(block, planting))
    }

    static func allowed(_ block: Block, _ planting: Planting?) -> [BlockState] {
        BlockTransitions.allowed(
            from: block.state, fruitingDays: planting?.cycle.fruitingDays, before: block.stateBeforeAlert)
    }
}

extension FarmWork {
    /// Changes a block's state as DESIGN §9's table allows it, and all that goes with it: its planting, what is expected
    /// next, its alerts, the record of the change, the day's figures, the event.
    ///
    /// Throws `transition` with what is allowed instead, and `stale` where the condition does not hold.
    package func changeState(
        of id: String, _ request: StateRequest, ifMatch: EntityTagCondition? = nil
    ) async throws -> Block {
        let (block, planting) = try await records.occupied(id)
        if let ifMatch, !ifMatch.matchesStrongly(block.entityTag) {
            throw FarmError.stale(.block, version: block.version)
        }
        do throws(BlockTransitions.Refused) {
            try BlockTransitions.check(
                from: block.state, to: request.to, fruitingDays: planting?.cycle.fruitingDays,
                before: block.stateBeforeAlert)
        } catch {
            throw FarmError.transition(error)
        }
        try await requireLater(than: block)
        try requireFit(request, block, planting)
        if request.to == .alert {
            _ = try await raise(
                AlertDraft(
                    farmID: block.farmID, blockID: id, severity: request.severity ?? .high,
                    title: "Block \(block.code) needs attention", description: request.note),
                on: block, planting)
        } else if block.state == .alert {
            try await resolveAll(of: block, resolution: request.note)
            try await enter(block, request.to, planting, note: request.note)
        } else {
            let standing = try await replant(block, planting, request)
            try await enter(block, request.to, standing, note: request.note, plannedDay: request.plannedDay)
        }
        return try await records.block(id)
    }

    /// Moves the planting along with its block.
    /// - Returns: what belongs to the block after the change.
    private func replant(_ block: Block, _ planting: Planting?, _ request: StateRequest) async throws -> Planting? {
        switch (block.state, request.to) {
        case (.empty, _):
            guard let cropID = request.cropID, let plants = request.plants else {
                throw FarmError.invalid(Self.missing(request))
            }
            return try await startPlanting(
                PlantingDraft(cropID: cropID, plants: plants), on: block,
                plannedFor: request.to == .planned ? request.plannedDay ?? change.day : nil)
        case (.planned, .empty):
            if let planting { try await endPlanting(planting, as: .cancelled) }
            return planting
        case (.planned, _):
            if let planting { try await plant(planting, plants: request.plants, on: block) }
            return planting
        case (.harvesting, _):
            if let planting { try await endPlanting(planting, as: .finished) }
            return planting
        default:
            return planting
        }
    }

    /// Writes the new state, the record of the change, and the event.
    /// - Parameter planting: what the change is about, also where the block is empty afterwards.
    func enter(
        _ block: Block, _ state: BlockState, _ planting: Planting?, note: String?, plannedDay: CivilDate? = nil
    ) async throws {
        let isInterruption = state == .alert || block.state == .alert
        let expected = isInterruption ? nil : block.expectation?.day(of: state)
        let next =
            isInterruption
            ? block.expectation
            : Expectation.after(state, entered: change.day, cycle: planting?.cycle, plannedDay: plannedDay)
        let returned = block.state == .alert ? block.stateBeforeAlertSince?.seconds : nil
        let isEntered = state == .alert
        try await transaction.execute(
            """
            UPDATE farm_manager_blocks
            SET state = ?, state_since = ?, state_before_alert = ?, state_before_alert_since = ?, planting_id = ?,
                next_state = ?, next_day = ?, version = version + 1, updated_at = ?
            WHERE id = ?
            """,
            [
                .text(state.rawValue), .integer(returned ?? change.at),
                .optional(isEntered ? block.state.rawValue : nil),
                // The alert may be earlier than the block's entry, where it is the first that is known of it.
                .optional(isEntered ? min(block.stateSince.seconds, change.at) : nil),
                .optional(state == .empty ? nil : planting?.id), .optional(next?.state.rawValue),
                .optional(next?.day.daysSinceEpoch), .integer(change.now), .text(block.id),
            ])
        let offset = expected.map { change.day - $0 }
        try await transaction.execute(
            """
            INSERT INTO farm_manager_transitions
            (id, farm_id, block_id, planting_id, sequence, from_state, to_state, at, by_subject, expected_day,
                offset_days, note)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(change.makeID()), .text(block.farmID), .text(block.id), .optional(planting?.id),
                .integer(block.version + 1), .text(block.state.rawValue), .text(state.rawValue), .integer(change.at),
                .text(change.by), .optional(expected?.daysSinceEpoch), .optional(offset), .optional(note),
            ])
        if let offset, let planting {
            try await addUp(
                SeasonDay(Punctuality(offset: offset)), farm: block.farmID, crop: planting.cropID, on: change.day)
        }
        try await tell(
            .init(
                type: .blockState, farmID: block.farmID, blockID: block.id, recordID: planting?.id, from: block.state,
                to: state))
    }

    /// A block's history is told in order. It may begin before the block was entered here: a farm that comes to Lockstep
    /// has crops standing.
    func requireLater(than block: Block) async throws {
        // An alert is short; what counts is when the block came into the state that it returns to.
        var isLater = change.at >= block.stateSince.seconds
        if !isLater, change.day >= .first {
            let history = try await transaction.query(
                "SELECT id FROM farm_manager_transitions WHERE block_id = ? ORDER BY sequence LIMIT 1",
                [.text(block.id)])
            isLater = history.isEmpty
        }
        guard isLater, change.at <= change.now else {
            throw FarmError.invalid(["at": "must not be before the block's last change, nor in the future"])
        }
    }

    /// Fields that mean nothing for the change that is asked for are refused, not forgotten.
    private func requireFit(_ request: StateRequest, _ block: Block, _ planting: Planting?) throws {
        var faults: [String: String] = [:]
        let isNew = block.state == .empty && request.to != .alert
        let comesTrue = block.state == .planned && (request.to == .planted || request.to == .growing)
        if let cropID = request.cropID, !isNew, !(comesTrue && cropID == planting?.cropID) {
            faults["crop_id"] = comesTrue ? "is another crop than was planned" : "is given for an empty block alone"
        }
        if request.plants != nil, !isNew, !comesTrue { faults["plants"] = "is given when something is planted" }
        if let plants = request.plants, !Yield.plantsRange.contains(plants) {
            faults["plants"] =
                "must be a whole number from \(Yield.plantsRange.lowerBound) to \(Yield.plantsRange.upperBound)"
        }
        if request.plannedDay != nil, request.to != .planned { faults["planned_day"] = "is given for planned alone" }
        if request.severity != nil, request.to != .alert { faults["severity"] = "is given for alert alone" }
        if isNew { faults.merge(Self.missing(request)) { first, _ in first } }
        guard faults.isEmpty else { throw FarmError.invalid(faults) }
    }

    private static func missing(_ request: StateRequest) -> [String: String] {
        var faults: [String: String] = [:]
        if request.cropID == nil { faults["crop_id"] = "is required to go from empty to \(request.to.rawValue)" }
        if request.plants == nil { faults["plants"] = "is required to go from empty to \(request.to.rawValue)" }
        return faults
    }
}

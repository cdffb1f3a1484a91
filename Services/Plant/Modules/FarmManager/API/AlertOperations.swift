import PlantKit

/// What is wrong, and how it ended.
enum AlertOperations {
    static func add(to routes: ModuleRoutes) {
        routes.look(
            Operation(
                "listAlerts", .get, routes.path("alerts"), summary: "Lists alerts, the newest first.",
                tag: routes.tag, access: .permission(FarmPermissions.view),
                parameters: [
                    .query("farm_id", .identifier, "Those of this farm."),
                    .query("block_id", .identifier, "Those of this block."),
                    .query("severity", .choice(AlertSeverity.self), "Those that are so bad."),
                    .query("status", .choice(AlertStatus.self), "Active ones or resolved ones."),
                ] + APIParameter.paging, answers: [.page(of: .of(Alert.self))])
        ) { records, request in
            let query = try request.queryFields { fields in
                AlertQuery(
                    farmID: fields.optionalID("farm_id"), blockID: fields.optionalID("block_id"),
                    severity: fields.optionalWord("severity", of: AlertSeverity.self),
                    status: fields.optionalWord("status", of: AlertStatus.self))
            }
            let (page, slice) = try request.slice()
            return try await records.alerts(query, slice).answer(page)
        }
        routes.look(
            Operation(
                "getAlert", .get, routes.path("alerts/{id}"), summary: "Reads one alert.", tag: routes.tag,
                access: .permission(FarmPermissions.view), answers: [.ok(.of(Alert.self))])
        ) { records, request in
            try .json(try await records.alert(request.id(of: "alert")))
        }
        addChanges(to: routes)
    }

    private static func addChanges(to routes: ModuleRoutes) {
        let collection = routes.path("alerts")
        let resolution: @Sendable (inout FieldReader) -> String? = {
            $0.optionalText("resolution", length: 0...1000, multiline: true)
        }
        routes.work(
            Operation(
                "raiseAlert", .post, routes.path("alerts"), summary: "Raises an alert of a farm or a block.",
                details: "The block goes to alert, and returns to the state before with its last alert.",
                tag: routes.tag, access: .permission(FarmPermissions.operate), body: .event(AlertDraft.init(reading:)),
                answers: [.created(.of(Alert.self), headers: [.location])], refusals: [.notFound]),
            reading: AlertDraft.init(reading:)
        ) { work, draft, _ in
            let alert = try await work.raiseAlert(draft)
            var answer = try APIAnswer.json(alert, status: .created, location: "\(collection)/\(alert.id)")
            answer.resourceID = alert.id
            return answer
        }
        routes.work(
            Operation(
                "resolveAlert", .post, routes.path("alerts/{id}/resolve"), summary: "Resolves an alert.",
                tag: routes.tag, access: .permission(FarmPermissions.operate),
                body: .event(resolution), answers: [.ok(.of(Alert.self))], refusals: [.conflict]),
            reading: resolution
        ) { work, resolution, request in
            try .json(try await work.resolveAlert(request.id(of: "alert"), resolution: resolution))
        }
    }
}

extension AlertDraft {
    init(reading fields: inout FieldReader) {
        self.init(
            farmID: fields.id("farm_id"), blockID: fields.optionalID("block_id"),
            severity: fields.word("severity", harmless: AlertSeverity.low),
            title: fields.text("title", length: 1...160),
            description: fields.optionalText("description", length: 0...2000, multiline: true))
    }
}

import CoreMetrics
import HTTPKit
import HTTPTypes
package import Hummingbird
import Logging
package import ServerKit
package import ServiceKit
package import Storage

/// The one way from a request to a handler, the same for the core's operations and the modules':
/// who asks → may they → precondition → body → one transaction: idempotency key, handler, audit → answer.
///
/// Order of refusals: 401 (before this), 503 of a module, 403, 428, 415/413/400, 422 of parameters, then the handler's.
package struct OperationRunner: Sendable {
    package let database: any Database
    package let callers: any CallerDirectory
    package let clock: WallClock
    package let makeID: @Sendable () -> String
    /// In the transaction of each change, last; of what is read and audited, in one of its own.
    package let record: @Sendable (ChangeRecord, any SQLTransaction) async throws -> Void
    private let streams: StreamRules
    private let places: StreamPlaces

    package init(
        database: any Database, callers: any CallerDirectory, clock: WallClock, streams: StreamRules = StreamRules(),
        makeID: @escaping @Sendable () -> String,
        record: @escaping @Sendable (ChangeRecord, any SQLTransaction) async throws -> Void
    ) {
        self.database = database
        self.callers = callers
        self.clock = clock
        self.makeID = makeID
        self.record = record
        self.streams = streams
        places = StreamPlaces(maximum: streams.maximum, maximumPerCaller: streams.maximumPerCaller)
    }

    /// Mounts routes whose paths begin with `/api/v1`, which is where the group is.
    /// - Parameter module: whose they are; nil: the core's.
    package func add(_ routes: [Route], of module: ModuleRecord? = nil, to group: RouterGroup<UserContext>) {
        for route in routes {
            let path = String(route.operation.path.dropFirst("/api/v1".count))
            group.on(RouterPath(path), method: route.operation.method) { request, context in
                try await answer(route, of: module, request, context)
            }
        }
    }

    func answer(
        _ route: Route, of module: ModuleRecord?, _ request: Request, _ context: UserContext
    ) async throws -> Response {
        do {
            let response = try await StorageRefusals.refusing {
                try await respond(route, module, request, context)
            }
            count(route, module, response.status.code)
            return response
        } catch let fault as ModuleFault {
            count(route, module, 503)
            throw Self.refusal(fault, module)
        } catch let refusal as Refusal {
            count(route, module, refusal.code.status.code)
            throw refusal
        } catch {
            count(route, module, 500)
            throw error
        }
    }

    private func respond(
        _ route: Route, _ module: ModuleRecord?, _ request: Request, _ context: UserContext
    ) async throws -> Response {
        if let module, module.state != .serving {
            throw Refusal(.moduleUnavailable, "The module \(module.manifest.displayName) does not serve.")
        }
        let reading = RequestReading(
            operation: route.operation, readsParameters: route.readsParameters, request: request, context: context)
        switch route.work {
        case .transaction(let handler) where route.operation.method == .get:
            let query = try reading.query()
            let answer = try await transaction(of: module, writes: false) { transaction in
                let caller = try await self.caller(route, context, transaction)
                return try await handler(self.request(reading, caller, query, APIBodyContent(), context), transaction)
            }
            if route.operation.isAudited {
                let change = change(route, module, reading, answer, context)
                try await transaction(of: module, writes: true) { try await record(change, $0) }
            }
            return answer.response
        case .transaction(let handler):
            let caller = try await database.read { try await self.caller(route, context, $0) }
            try reading.checkPrecondition()
            let body = try await reading.body()
            let query = try reading.query()
            let claim = try reading.claim(body, identity: context.identity)
            return try await transaction(of: module, writes: true) { transaction in
                if let claim,
                    let before = try await IdempotencyKeys.answer(for: claim, now: clock.now(), in: transaction)
                {
                    return before
                }
                let request = self.request(reading, caller, query, body, context)
                let answer = try await handler(request, transaction)
                let change = change(route, module, reading, answer, context)
                if route.operation.isAudited { try await record(change, transaction) }
                if let claim {
                    try await IdempotencyKeys.keep(
                        answer, about: change.resourceID, for: claim, now: change.at, in: transaction)
                }
                return answer
            }.response
        case .own(let handler):
            guard module == nil else {
                throw Refusal(
                    .internalError, "Something went wrong here.", cause: "a module works within its deadlines")
            }
            let caller = try await database.read { try await self.caller(route, context, $0) }
            let body = try await reading.body()
            let query = try reading.query()
            return try await handler(self.request(reading, caller, query, body, context)).response
        case .stream(let handler):
            let query = try reading.query()
            let place = try places.take(for: "\(context.identity.issuer) \(context.identity.subject)")
            let stream = try await transaction(of: module, writes: false) { transaction in
                let caller = try await self.caller(route, context, transaction)
                return try await handler(self.request(reading, caller, query, APIBodyContent(), context), transaction)
            }
            let remaining = max(0, context.identity.expiresAt - clock.now())
            return StreamAnswer(
                stream: stream, threads: module?.door.threads, lifetime: .seconds(remaining), rules: streams,
                stillMay: { try await stillMay(route, context) }, connection: context.connection, place: place
            ).response
        }
    }

    private func change(
        _ route: Route, _ module: ModuleRecord?, _ reading: RequestReading, _ answer: APIAnswer, _ context: UserContext
    ) -> ChangeRecord {
        ChangeRecord(
            area: module?.manifest.moduleName ?? ModuleRequirement.core, operation: route.operation.id,
            identity: context.identity, resourceID: answer.resourceID ?? reading.path["id"],
            resourceKind: route.operation.resourceKind, status: answer.status.code, at: clock.now(),
            requestID: context.requestID, clientAddress: context.clientAddress)
    }

    private func transaction<T: Sendable>(
        of module: ModuleRecord?, writes: Bool, _ body: @escaping @Sendable (any SQLTransaction) async throws -> T
    ) async throws -> T {
        if let module { return try await module.door.transaction(writes: writes, body) }
        return writes ? try await database.writeInTurn(body) : try await database.read(body)
    }

    private func caller(
        _ route: Route, _ context: UserContext, _ transaction: any SQLTransaction
    ) async throws -> Caller {
        let caller = try await callers.caller(for: context.identity, in: transaction)
        if case .permission(let name) = route.operation.access, !caller.may(name) {
            throw Refusal(
                .forbidden, "Your roles do not allow this.",
                cause: "needs \(name); has roles \(context.identity.roles.joined(separator: " "))")
        }
        return caller
    }

    /// Whether the roles and the customer that opened a stream would open it now.
    private func stillMay(_ route: Route, _ context: UserContext) async throws -> Bool {
        do {
            _ = try await database.read { try await caller(route, context, $0) }
            return true
        } catch is Refusal {
            return false
        }
    }

    private func request(
        _ reading: RequestReading, _ caller: Caller, _ query: [String: JSONValue], _ body: APIBodyContent,
        _ context: UserContext
    ) -> APIRequest {
        APIRequest(
            caller: caller, path: reading.path, parameters: reading.parameters, query: query, headers: reading.headers,
            members: body.members, bytes: body.bytes, ifMatch: reading.ifMatch, ifNoneMatch: reading.ifNoneMatch,
            now: clock.now(),
            requestID: context.requestID, clientAddress: context.clientAddress, logger: context.logger, makeID: makeID)
    }

    private func count(_ route: Route, _ module: ModuleRecord?, _ code: Int) {
        Counter(
            label: "lockstep_plant_operations_total",
            dimensions: [
                ("module", module?.manifest.moduleName ?? ModuleRequirement.core), ("operation", route.operation.id),
                ("code", String(code)),
            ]
        ).increment()
    }

    static func refusal(_ fault: ModuleFault, _ module: ModuleRecord?) -> Refusal {
        let name = module?.manifest.displayName ?? "the plant"
        let cause = "\(module?.manifest.moduleName ?? ModuleRequirement.core) \(fault)"
        switch fault {
        case .undeclaredSetting:
            return Refusal(.internalError, "Something went wrong here.", cause: cause)
        case .tookTooLong(let seconds):
            return Refusal(
                .moduleUnavailable, "The module \(name) did not answer within \(seconds) s; nothing was changed.",
                cause: cause, retryAfter: 5)
        case .busy:
            return Refusal(
                .moduleUnavailable, "The module \(name) has too much to do. Try again.", cause: cause, retryAfter: 1)
        case .hanging(let retryAfter):
            return Refusal(
                .moduleUnavailable, "The module \(name) does not answer now.", cause: cause,
                retryAfter: max(1, retryAfter))
        }
    }
}

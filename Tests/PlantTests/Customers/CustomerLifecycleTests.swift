import Contracts
import HTTPKit
import HTTPTypes
import PlantTesting
import Secrets
import ServiceKit
import TestSupport
import Testing
import Tokens

@testable import Plant

private let uri = "/api/v1/customers"

@Suite("A customer's plan, trial and suspension", .timeLimit(.minutes(10)))
struct CustomerLifecycleTests {
    private static let day: Int64 = 86_400

    @Test("suspension and its end are each done once, however often they are asked for")
    func suspension() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let customer = try plant.token("customer", customerID: "c-1")
            for (reason, version) in [("late payment", 2), ("late payment", 2), ("fraud", 3)] {
                let answer = try await plant.act("c-1/suspend", #"{"reason":"\#(reason)"}"#)
                #expect(answer.status == .ok, "\(answer.text)")
                #expect(answer["status"] == "suspended")
                #expect(answer["suspension_reason"] == reason)
                #expect(answer.integer("version") == version)
            }
            #expect(try await plant.act("c-1/suspend", "{}")["suspension_reason"] == "fraud")
            #expect(try await plant.send(.get, "\(uri)/c-1", token: customer).code == "customer_suspended")
            #expect(try await plant.told().map(\.subject) == [.customer(id: "c-1", user: "u-1")])
            for _ in 0..<2 {
                let answer = try await plant.act("c-1/reactivate")
                #expect(answer["status"] == "active")
                #expect(!answer.members.contains("suspension_reason"))
                #expect(answer.integer("version") == 4)
            }
            #expect(try await plant.send(.get, "\(uri)/c-1", token: customer).status == .ok)
            #expect(try await plant.told().count == 1)
        }
    }

    @Test("a verifier that follows the feed: tokens from before stay revoked, later ones are good after the return")
    func reactivated() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let before = try plant.identity("customer", customerID: "c-1")
            plant.clock.advance(10)
            _ = try await plant.act("c-1/suspend", "{}")
            plant.clock.advance(10)
            let meanwhile = try plant.identity("customer", customerID: "c-1")
            _ = try await plant.act("c-1/reactivate")
            plant.clock.advance(10)
            let after = try plant.identity("customer", customerID: "c-1")
            var set = RevocationSet()
            for event in try await plant.told() { set.insert(event, expiresAt: event.occurredAt + Self.day) }
            #expect(set.isRevoked(before, now: plant.clock.now))
            #expect(!set.isRevoked(meanwhile, now: plant.clock.now))
            #expect(!set.isRevoked(after, now: plant.clock.now))
        }
    }

    @Test("a trial that is over suspends at that second, before anybody swept")
    func trialEnds() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let started = try await plant.act("c-1/trial", #"{"days":14,"plan":"pro"}"#)
            #expect(started["plan"] == "pro")
            let end = plant.clock.now + 14 * Self.day
            #expect(started["trial_ends_at"] == Timestamp(seconds: end).text)
            plant.clock.advance(14 * Self.day - 1)
            let token = try plant.token("customer", customerID: "c-1")
            #expect(try await plant.send(.get, "/api/v1/auth/validate", token: token).status == .ok)
            #expect(try await plant.sweepTrials() == 0)
            plant.clock.advance(1)
            for target in ["/api/v1/auth/validate", "\(uri)/c-1"] {
                #expect(try await plant.send(.get, target, token: token).code == "customer_suspended", "\(target)")
            }
            #expect(try await plant.told().isEmpty)
            #expect(try await plant.sweepTrials() == 1)
            #expect(try await plant.sweepTrials() == 0)
            #expect(try await plant.told().map(\.subject) == [.customer(id: "c-1", user: "u-1")])
            let read = try await plant.send(.get, "\(uri)/c-1", token: plant.token("viewer"))
            #expect(read["status"] == "suspended")
            #expect(read["suspension_reason"] == "trial_ended")
        }
    }

    @Test("the sweep ends more trials than one transaction takes, and no living plan")
    func manyTrials() async throws {
        try await PlantFixture.use { plant in
            for number in 0..<120 {
                _ = try await plant.register(
                    event: "e-\(number)", user: "u-\(number)", customer: "c-\(number)", email: "u\(number)@example.com")
                if number < 110 { _ = try await plant.act("c-\(number)/trial", #"{"days":1}"#) }
            }
            plant.clock.advance(Self.day)
            #expect(try await plant.sweepTrials() == 110)
            let active = try await plant.send(.get, "\(uri)?status=active", token: plant.token("viewer"))
            #expect(active.integer("total") == 10)
        }
    }

    @Test(
        "a longer trial or a plan lifts what the end of a trial did",
        arguments: [("trial", #"{"days":3}"#), ("plan", #"{"plan":"pro"}"#)])
    func lifted(_ word: String, _ body: String) async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.act("c-1/trial", #"{"days":1}"#)
            plant.clock.advance(Self.day)
            _ = try await plant.sweepTrials()
            #expect(try await plant.act("c-1/reactivate").code == "conflict")
            let patched = try await plant.send(
                .patch, "\(uri)/c-1", token: plant.token("admin"), headers: [("If-Match", "*")],
                json: #"{"status":"active"}"#)
            #expect(patched.code == "conflict")
            let answer = try await plant.act("c-1/\(word)", body)
            #expect(answer["status"] == "active")
            let token = try plant.token("customer", customerID: "c-1")
            #expect(try await plant.send(.get, "\(uri)/c-1", token: token).status == .ok)
            #expect(
                answer["trial_ends_at"]
                    == (word == "plan" ? nil : Timestamp(seconds: plant.clock.now + 3 * Self.day).text))
        }
    }

    @Test("an operator's suspension outlasts the trial's end, a longer trial and a plan")
    func operatorsWord() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.act("c-1/suspend", #"{"reason":"fraud"}"#)
            for (word, body) in [("trial", #"{"days":3}"#), ("plan", #"{"plan":"pro"}"#)] {
                let answer = try await plant.act("c-1/\(word)", body)
                #expect(answer["status"] == "suspended")
                #expect(answer["suspension_reason"] == "fraud")
            }
        }
    }

    @Test("a trial that is ended early suspends at once, and only where there is one")
    func endedEarly() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            #expect(try await plant.act("c-1/trial", method: .delete).code == "conflict")
            _ = try await plant.act("c-1/trial", #"{"days":30}"#)
            for _ in 0..<2 {
                let answer = try await plant.act("c-1/trial", method: .delete)
                #expect(answer["suspension_reason"] == "trial_ended")
                #expect(answer.integer("version") == 3)
            }
            #expect(try await plant.told().count == 1)
        }
    }

    static let refused: [(String, String, String)] = [
        ("trial", #"{"days":0}"#, "days"), ("trial", #"{"days":366}"#, "days"), ("trial", #"{}"#, "days"),
        ("trial", #"{"days":"7"}"#, "days"), ("trial", #"{"days":7,"plan":"Gold!"}"#, "plan"),
        ("trial", #"{"days":7,"until":1}"#, "until"), ("plan", #"{"plan":""}"#, "plan"), ("plan", "{}", "plan"),
        ("suspend", #"{"reason":7}"#, "reason"), ("suspend", #"{"status":"active"}"#, "status"),
        ("merge", #"{"into":"../x"}"#, "into"), ("erase", "{}", "confirm"),
    ]

    @Test("what can't be meant is refused, by field", arguments: refused)
    func refusals(_ word: String, _ body: String, _ field: String) async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let answer = try await plant.act("c-1/\(word)", body)
            #expect(answer.code == "invalid_input", "\(answer.text)")
            #expect(answer.fields == [field])
        }
    }

    static let staffs = [
        ("suspend", "{}"), ("reactivate", nil), ("plan", #"{"plan":"gold"}"#), ("trial", #"{"days":365}"#),
        ("merge", #"{"into":"c-2"}"#), ("erase", #"{"confirm":"ada@example.com"}"#),
    ]

    @Test("a customer does none of this, neither to itself nor to another", arguments: staffs)
    func customers(_ word: String, _ body: String?) async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            let before = try await plant.send(.get, uri, token: plant.token("admin")).text
            for role in ["customer", "customer_admin", "customer_user"] {
                for id in ["c-1", "c-2", "c-3"] {
                    let answer = try await plant.act(
                        "\(id)/\(word)", body, token: plant.token(role, customerID: "c-1"))
                    #expect(answer.status == .forbidden, "\(role) \(id)")
                }
            }
            #expect(try await plant.send(.get, uri, token: plant.token("admin")).text == before)
        }
    }

    static let roles: [(String, Set<String>)] = [
        ("suspend", ["admin", "operator", "subscription_manager"]), ("merge", ["admin"]), ("erase", ["admin"]),
        ("export", ["admin", "subscription_manager"]), ("trial", ["admin", "operator", "subscription_manager"]),
    ]

    @Test("who may do what: erasing and merging is for administrators", arguments: roles)
    func permissions(_ word: String, _ allowed: Set<String>) async throws {
        try await PlantFixture.use { plant in
            for role in ["admin", "operator", "subscription_manager", "helpdesk_agent", "viewer"] {
                let answer = try await plant.act(
                    "c-9/\(word)", method: word == "export" ? .get : .post, "{}", token: plant.token(role))
                #expect((answer.status == .forbidden) == !allowed.contains(role), "\(role): \(answer.text)")
            }
        }
    }

    @Test("who may change customers and not suspend them does not suspend them by PATCH, PUT or POST either")
    func backDoors() async throws {
        try await PlantFixture.use { plant in
            let revoked = try await plant.send(
                .delete, "/api/v1/roles/operator/permissions/customers.suspend", token: plant.token("super_admin"))
            try #require(revoked.status == .noContent)
            let (id, _) = try await plant.makeCustomer(email: "ada@example.com")
            let whole = #"{"name":"Ada","email":"ada@example.com","status":"suspended"}"#
            let attempts: [(HTTPRequest.Method, String, String)] = [
                (.patch, "\(uri)/\(id)", #"{"status":"suspended"}"#), (.put, "\(uri)/\(id)", whole),
                (.post, uri, #"{"name":"Eve","email":"eve@example.com","status":"suspended"}"#),
            ]
            for (method, target, json) in attempts {
                let answer = try await plant.send(
                    method, target, token: plant.token("operator"), headers: [("If-Match", "*")], json: json)
                #expect(answer.status == .forbidden, "\(method)")
            }
            let renamed = try await plant.send(
                .patch, "\(uri)/\(id)", token: plant.token("operator"), headers: [("If-Match", "*")],
                json: #"{"name":"Ada L."}"#)
            #expect(renamed.status == .ok)
            #expect(renamed["status"] == "active")
        }
    }

    @Test("If-Match is heeded where it is sent, and an idempotency key answers the same again")
    func conditions() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let stale = try await plant.act("c-1/suspend", "{}", headers: [("If-Match", "\"v7\"")])
            #expect(stale.code == "precondition_failed")
            let key = [("Idempotency-Key", "k-1")]
            let first = try await plant.act("c-1/trial", #"{"days":7}"#, headers: key)
            plant.clock.advance(3600)
            let again = try await plant.act("c-1/trial", #"{"days":7}"#, headers: key)
            #expect(again.text == first.text)
            let other = try await plant.act("c-1/trial", #"{"days":365}"#, headers: key)
            #expect(other.code == "idempotency_key_reused")
            let read = try await plant.send(.get, "\(uri)/c-1", token: plant.token("viewer"))
            #expect(read["trial_ends_at"] == first["trial_ends_at"])
        }
    }
}

import Foundation

/// Somebody with a farm of their own who works on it, and sends each request under its own `Idempotency-Key` until it has
/// an answer.
struct FarmWriter: Sendable {
    /// One request, and the answer that counts.
    struct Sent: Sendable {
        let kind: Kind
        let key: String
        let path: String
        let json: Data
        let status: Int
        let body: Data
        /// What came before it and was no answer: 502, 503 or 504; 0 for a connection that ended.
        let faults: [Int]

        var id: String? { (try? JSONSerialization.jsonObject(with: body) as? [String: Any])?["id"] as? String }
    }

    /// As the audit log calls them.
    enum Kind: String, CaseIterable {
        case change = "farm_manager.changeBlockStatus"
        case raise = "farm_manager.raiseAlert"
        case resolve = "farm_manager.resolveAlert"
        case harvest = "farm_manager.recordHarvest"
    }

    struct Unanswered: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    let token: String
    /// Through it all goes.
    let gateway: String
    /// Now and then an impatient client sends the same at once to each replica.
    let replicas: [String]
    let farm: FarmOfWriter

    /// Works while the budget lasts; answers all that was sent, in order.
    func work(_ budget: LoadBudget) async throws -> [Sent] {
        var sent: [Sent] = []
        var changes = 0
        var alert = ""
        do {
            while let number = try await budget.take() {
                let key = "\(name)-\(sent.count)"
                let kind: Kind
                let path: String
                let json: [String: Any]
                switch sent.count % 8 {
                case 1, 4, 7:
                    (kind, path) = (.change, "/blocks/\(farm.turning)/status")
                    json = farm.change(to: FarmOfWriter.round[changes % FarmOfWriter.round.count])
                    changes += 1
                case 2:
                    (kind, path) = (.raise, "/alerts")
                    json = ["farm_id": farm.id, "severity": "high", "title": key]
                case 5:
                    (kind, path) = (.resolve, "/alerts/\(alert)/resolve")
                    json = ["resolution": key]
                default:
                    (kind, path) = (.harvest, "/harvests")
                    json = ["block_id": farm.harvested, "quantity_kg": 1.5, "note": key]
                }
                let body = try JSONSerialization.data(withJSONObject: json)
                let answer = try await settled(kind, key, path, body, isImpatient: number % 7 == 0)
                if kind == .raise { alert = answer.id ?? "" }
                sent.append(answer)
                budget.answered()
            }
        } catch {
            budget.fail(error)
            throw error
        }
        return sent
    }

    /// Sends a request until it is answered: what broke off, and what says that it should be sent again, is sent again.
    private func settled(
        _ kind: Kind, _ key: String, _ path: String, _ body: Data, isImpatient: Bool
    ) async throws -> Sent {
        if isImpatient {
            let answers = await atEachReplica(key, path, body)
            let final = answers.compactMap { $0 }.filter { !Self.mayBeSentAgain.contains($0.status) }
            if let first = final.first {
                for other in final where other.status != first.status || other.body != first.body {
                    throw Unanswered(description: "\(key) was answered twice: \(first.text) and \(other.text)")
                }
                return try sent(kind, key, path, body, first, [])
            }
        }
        let (reply, faults) = try await answered(key, path, body)
        return try sent(kind, key, path, body, reply, faults)
    }

    /// - Returns: the answer, and what came before it.
    private func answered(_ key: String, _ path: String, _ body: Data) async throws -> (HTTP.Reply, [Int]) {
        var faults: [Int] = []
        // Bounds a hang alone: an outage ends by itself, much sooner.
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let reply = try? await send(key, path, body, to: gateway)
            if let reply, !Self.mayBeSentAgain.contains(reply.status) { return (reply, faults) }
            faults.append(reply?.status ?? 0)
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Unanswered(description: "\(key) was not answered in five minutes, but \(Set(faults))")
    }

    static let mayBeSentAgain: Set<Int> = [502, 503, 504]

    private func sent(
        _ kind: Kind, _ key: String, _ path: String, _ body: Data, _ reply: HTTP.Reply, _ faults: [Int]
    ) throws -> Sent {
        guard 200..<300 ~= reply.status else {
            throw Unanswered(
                description: "\(kind) \(key), after \(faults): \(reply.status) \(reply.text)")
        }
        return Sent(
            kind: kind, key: key, path: path, json: body, status: reply.status, body: reply.body, faults: faults)
    }

    private func atEachReplica(_ key: String, _ path: String, _ body: Data) async -> [HTTP.Reply?] {
        await withTaskGroup(of: HTTP.Reply?.self) { group in
            for replica in replicas { group.addTask { try? await send(key, path, body, to: replica) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func send(_ key: String, _ path: String, _ body: Data, to url: String) async throws -> HTTP.Reply {
        try await HTTP.send(
            "POST", url + FarmOfWriter.prefix + path, body: body, token: token, headers: ["Idempotency-Key": key])
    }

    /// The same request once more.
    func repeated(_ sent: Sent) async throws -> HTTP.Reply {
        try await answered(sent.key, sent.path, sent.json).0
    }
}

import Foundation
import Testing

/// A farm with a block that is harvested all the time, and one that goes round through its states.
struct FarmOfWriter: Sendable {
    static let prefix = "/api/v1/farm"
    static let round = ["planted", "growing", "harvesting", "cleaning", "empty"]

    let id: String
    let crop: String
    let harvested: String
    let turning: String

    static func make(_ number: Int, token: String, at url: String) async throws -> FarmOfWriter {
        func make(_ path: String, _ json: [String: Any]) async throws -> String {
            let reply = try await HTTP.post(url + prefix + path, json: json, token: token)
            try #require(reply.status == 201, "\(path): \(reply.text)")
            return try #require(reply.json["id"] as? String)
        }
        let id = try await make("/farms", ["name": "Farm \(number)", "code": "LOA\(number)"])
        let crop = try await make(
            "/crops",
            [
                "name": "Lettuce \(number)", "code": "LET\(number)", "germination_days": 3, "growing_days": 25,
                "fruiting_days": 0, "harvesting_days": 5, "cleaning_days": 1, "yield_per_plant_kg": 0.25,
            ])
        let block: [String: Any] = ["type": "greenhouse", "max_plants": 50]
        let farm = FarmOfWriter(
            id: id, crop: crop, harvested: try await make("/farms/\(id)/blocks", block),
            turning: try await make("/farms/\(id)/blocks", block))
        for state in round.prefix(3) {
            let reply = try await HTTP.post(
                url + prefix + "/blocks/\(farm.harvested)/status", json: farm.change(to: state), token: token)
            try #require(reply.status == 200, "\(state): \(reply.text)")
        }
        return farm
    }

    func change(to state: String) -> [String: Any] {
        state == "planted" ? ["state": state, "crop_id": crop, "plants": 20] : ["state": state]
    }
}

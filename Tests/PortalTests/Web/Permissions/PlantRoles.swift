import Contracts
import Foundation
import TestSupport
import Tokens

@testable import Portal

/// What roles may do at a plant where nobody changed it (`CorePermissions` and `FarmPermissions` there), for plants of
/// tests.
enum PlantRoles {
    static let path = "/api/v1/permissions/own"

    private static let farms = ["farm.view", "farm.operate", "farm.manage"]
    private static let customers = ["customers.view", "customers.change", "customers.suspend"]
    private static let everything =
        farms + customers + [
            "customers.merge", "customers.export", "customers.erase", "skills.change", "roles.view", "audit.view",
        ]

    static func names(_ role: String) -> [String] {
        switch role {
        case Role.superAdmin, Role.admin: everything
        case Role.operator: farms + customers + ["skills.change"]
        case Role.industryManager: farms
        case Role.viewer: ["farm.view", "customers.view"]
        case Role.helpdeskAgent: ["customers.view"]
        case Role.customerUser: ["farm.view"]
        case Role.subscriptionManager: customers + ["customers.export"]
        case Role.agentOrchestrator: ["skills.change"]
        case Role.customer, Role.customerAdmin: ["farm.view", "customers.export"]
        default: []
        }
    }

    static func permissions(of visitor: Visitor) -> PlantPermissions {
        PlantPermissions(names: visitor.identity.roles.flatMap(names))
    }

    /// Nil for another question.
    /// - Parameter instead: in place of what the token's roles may do.
    static func answer(
        _ request: UpstreamServer.Received, instead: UpstreamServer.Answer? = nil
    ) -> UpstreamServer.Answer? {
        guard request.method == "GET", request.path == path else { return nil }
        return instead ?? telling(roles(request).flatMap(names))
    }

    static func telling(_ names: [String]) -> UpstreamServer.Answer {
        .json("{\"data\":[\(Set(names).sorted().map { "\"\($0)\"" }.joined(separator: ","))]}")
    }

    /// Of the token that was sent, which is the portal's own.
    private static func roles(_ request: UpstreamServer.Received) -> [String] {
        struct Claims: Decodable { var roles: [String] }
        let token = request.values("authorization").first ?? ""
        var payload =
            token.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first.map(String.init) ?? ""
        payload = payload.replacing("-", with: "+").replacing("_", with: "/")
        payload += String(repeating: "=", count: (4 - payload.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: payload),
            let claims = try? JSONDecoder().decode(Claims.self, from: bytes)
        else { return [] }
        return claims.roles
    }
}

extension UpstreamServer {
    /// Without the question what roles may do, which any page may ask for the menus to come.
    var otherRequests: [Received] { requests.filter { $0.path != PlantRoles.path } }
}

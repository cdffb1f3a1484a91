import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit

/// `POST register`. Only a customer portal has it; elsewhere the path is unknown.
struct RegistrationRoutes: Sendable {
    let registration: RegistrationService
    let clock: WallClock

    struct Body: Decodable {
        var email: String
        var password: Password
        var name: String
    }

    struct Answer: Encodable {
        var user: UserDocument
    }

    /// The same for a free address and for a taken one.
    struct Mailed: Codable {
        var status = "verification_mailed"
    }

    func add(to group: RouterGroup<AppContext>) {
        group.post("register", use: register)
    }

    private func register(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(Body.self, from: request, context: context)
        do {
            switch try await registration.register(
                email: body.email, password: body.password, name: body.name,
                caller: Caller(context: context, headers: request.headers), now: clock.now())
            {
            case .registered(let user):
                return try JSONBody.response(
                    Answer(user: UserDocument(user)), status: .created, headers: [.cacheControl: "no-store"])
            case .mailed:
                return try JSONBody.response(
                    Mailed(), status: .accepted, headers: [.cacheControl: "no-store"])
            }
        } catch let failure as RegistrationService.Failure {
            throw Refusal(failure)
        }
    }
}

/// Why Azure did not do what was asked. Reasons are our words: what Azure answers may repeat what it was sent.
enum AzureFault: Error, Sendable, Hashable {
    case denied(reason: String)
    case unavailable(reason: String)

    var reason: String {
        switch self {
        case .denied(let reason), .unavailable(let reason): reason
        }
    }
}

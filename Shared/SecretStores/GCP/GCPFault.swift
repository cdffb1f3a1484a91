/// Why Google did not do what was asked. Reasons are our words: what Google answers may repeat what it was sent.
enum GCPFault: Error, Sendable, Hashable {
    case denied(reason: String)
    case unavailable(reason: String)

    var reason: String {
        switch self {
        case .denied(let reason), .unavailable(let reason): reason
        }
    }
}

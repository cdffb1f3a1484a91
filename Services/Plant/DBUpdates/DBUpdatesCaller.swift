import PlantKit
import ServerKit
import Tokens

/// Who asks, as the audit log is told.
struct DBUpdatesCaller: Sendable {
    let identity: Identity
    let requestID: String
    let address: String
}

extension DBUpdatesCaller {
    init(_ context: UserContext) {
        (identity, requestID, address) = (context.identity, context.requestID, context.clientAddress)
    }

    init(_ request: APIRequest) {
        (identity, requestID, address) = (request.caller.identity, request.requestID, request.clientAddress)
    }
}

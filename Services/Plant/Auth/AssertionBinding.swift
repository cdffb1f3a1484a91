import Hummingbird
import Tokens

/// Which request an assertion speaks of.
enum AssertionBinding: Equatable {
    /// This one: method and path are said, and are its own.
    case thisRequest
    /// Method or path, or both, are not said; what is said is this request's.
    case anyRequest
    case anotherRequest

    init(_ claims: GatewayAssertion.Claims, _ request: Request) {
        let isMethod = claims.method.map { $0 == request.method.rawValue }
        let isPath = claims.path.map { [request.uri.path, request.uri.string].contains($0) }
        self =
            switch (isMethod, isPath) {
            case (false, _), (_, false): .anotherRequest
            case (true, true): .thisRequest
            case (nil, _), (_, nil): .anyRequest
            }
    }
}

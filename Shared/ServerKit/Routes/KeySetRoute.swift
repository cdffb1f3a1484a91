import HTTPKit
package import Hummingbird
import NIOCore
import Secrets
import ServiceKit
import Tokens

extension ServerParts {
    /// Issuers: GET /.well-known/jwks.json. Open to everybody; a set without keys where all are symmetric.
    package func addKeySet(to router: Router<AppContext>) {
        router.get(".well-known/jwks.json") { request, _ in keySet(request) }
    }

    private func keySet(_ request: Request) -> Response {
        let set = PublishedKeySet(ring: manager.ring, now: clock.now())
        var response = Response(
            status: .ok,
            headers: [
                .contentType: PublishedKeySet.contentType, .eTag: set.entityTag,
                .cacheControl: "public, max-age=\(PublishedKeySet.maximumAge)",
            ])
        let known = request.headers[values: .ifNoneMatch].joined(separator: ",").split(separator: ",")
            .map { line in String(line.drop { $0 == " " }) }
        if !known.isEmpty, known.contains(where: { $0 == "*" || $0 == set.entityTag || $0 == "W/\(set.entityTag)" }) {
            response.status = .notModified
            return response
        }
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: set.bytes))
        return response
    }
}

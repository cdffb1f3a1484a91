import HTTPTypes
import Hummingbird
import NIOCore
import PlantKit
import ServerKit

/// `GET /openapi.json` and `GET /docs`: bytes that are made once, with an entity tag of their content.
struct DocumentRoutes: Sendable {
    let document: OpenAPIDocument

    func add(to router: Router<AppContext>) {
        add("openapi.json", document.bytes, [.contentType: "application/json"], to: router)
        add("docs", DocumentationPage(document).bytes, DocumentationPage.headers, to: router)
    }

    private func add(_ path: String, _ bytes: [UInt8], _ headers: HTTPFields, to router: Router<AppContext>) {
        let tag = EntityTag(content: bytes)
        let body = ByteBuffer(bytes: bytes)
        var headers = headers
        headers[.eTag] = tag.text
        // Kept, and asked for again: the next deployment may serve something else.
        headers[.cacheControl] = "no-cache"
        router.get(RouterPath(path)) { [headers] request, _ in
            if EntityTagCondition(request.headers[values: .ifNoneMatch])?.matchesWeakly(tag) == true {
                return Response(status: .notModified, headers: [.eTag: tag.text, .cacheControl: "no-cache"])
            }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
        }
    }
}

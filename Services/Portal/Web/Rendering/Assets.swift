import Crypto
import HTTPKit
import HTTPTypes
import Hummingbird
import Secrets
import ServerKit

/// Styles, modules and the mark, under names that tell their content: a new version has new addresses, so each may be kept
/// for a year, and no page is ever styled by a former one.
struct Assets: Sendable {
    private struct Asset {
        var type: String
        var bytes: ByteBuffer
    }

    private let byAddress: [String: Asset]
    private let addresses: [String: String]

    init(_ files: [String: [UInt8]] = WebFiles.assets) {
        var byAddress: [String: Asset] = [:]
        var addresses: [String: String] = [:]
        for (name, bytes) in files {
            let dot = name.lastIndex(of: ".") ?? name.endIndex
            let suffix = String(name[dot...])
            let mark = Base64URL.encode(Array(SHA256.hash(data: bytes).prefix(9)))
            let address = "\(name[..<dot])-\(mark)\(suffix)"
            byAddress[address] = Asset(
                type: Self.types[suffix] ?? "application/octet-stream", bytes: ByteBuffer(bytes: bytes))
            addresses[name] = "/assets/" + address
        }
        self.byAddress = byAddress
        self.addresses = addresses
    }

    /// - Parameter name: one of `WebFiles.assets`.
    func address(_ name: String) -> String { addresses[name] ?? "/assets/" + name }

    func add(to router: some RouterMethods<AppContext>) {
        router.get("assets/:name") { _, context in
            guard let asset = byAddress[try context.parameters.require("name")] else {
                throw Refusal(.notFound, "There is no such file.")
            }
            return Response(
                status: .ok,
                headers: [
                    .contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable",
                    .contentSecurityPolicy: "default-src 'none'", .xContentTypeOptions: "nosniff",
                ], body: .init(byteBuffer: asset.bytes))
        }
    }

    private static let types = [
        ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
    ]
}

import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// A document of the plant that is handed on as a file, at the reader's pace. What breaks off on the way lacks its last
/// chunk, so it never looks whole.
struct PlantDownload: Sendable {
    /// For all of it.
    static let timeout = TimeAmount.seconds(60)
    /// Beyond any export of a customer; what is larger breaks off.
    static let maximumBytes = 256 * 1024 * 1024

    private struct TooLarge: Error {}

    private let body: HTTPClientResponse.Body
    private let fileName: String

    /// - Parameters:
    ///   - path: answers JSON.
    ///   - fileName: of literals and `RecordID`s.
    init(_ path: PlantPath, of plant: PlantAPI, for visitor: Visitor, fileName: String) async throws(PlantFailure) {
        self.fileName = fileName
        var request = plant.request(.GET, path, visitor)
        request.headers.add(name: "Accept", value: "application/json, application/problem+json")
        let response: HTTPClientResponse
        do {
            response = try await plant.client.execute(request, timeout: Self.timeout)
        } catch {
            throw .unreachable
        }
        guard response.status == .ok else {
            let problem = try? await response.body.collect(upTo: PlantAPI.maximumBytes)
            throw PlantAPI.failure(response, problem ?? ByteBuffer())
        }
        body = response.body
    }

    var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .contentDisposition: "attachment; filename=\"\(fileName)\"",
                .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy: "default-src 'none'; sandbox",
            ],
            body: ResponseBody { [body] writer in
                var count = 0
                for try await piece in body {
                    count += piece.readableBytes
                    guard count <= Self.maximumBytes else { throw TooLarge() }
                    try await writer.write(piece)
                }
                try await writer.finish(nil)
            })
    }
}

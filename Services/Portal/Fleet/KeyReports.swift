import AsyncHTTPClient
import Foundation
import HTTPKit
import NIOCore
import NIOHTTP1
import Secrets

/// Asks services for `GET /internal/v1/keys`, all at once, and gives each two seconds.
struct KeyReports: Sendable {
    let client: HTTPClient
    let urls: [String]
    let internalToken: InternalToken

    private static let timeout = TimeAmount.seconds(2)
    private static let maximumBytes = 256 * 1024

    /// In the order of `urls`.
    func standings(own: SecretDiagnostics) async -> [KeyStanding] {
        await withTaskGroup(of: (Int, KeyStanding).self) { group in
            for (index, url) in urls.enumerated() {
                group.addTask { (index, KeyStanding.judge(await ask(url), url: url, own: own)) }
            }
            var standings: [(Int, KeyStanding)] = []
            for await standing in group { standings.append(standing) }
            return standings.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func ask(_ url: String) async -> KeyStanding.Answer {
        var request = HTTPClientRequest(url: url + "/internal/v1/keys")
        request.headers.add(name: "Authorization", value: internalToken.authorization)
        request.headers.add(name: "User-Agent", value: "lockstep-portal")
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            let body = try await response.body.collect(upTo: Self.maximumBytes)
            switch response.status.code {
            case 200:
                let report = try? JSONDecoder().decode(KeyReport.self, from: Data(body.readableBytesView))
                return report.map(KeyStanding.Answer.report) ?? .unreadable
            case 401, 403: return .refused
            default: return .status(Int(response.status.code))
            }
        } catch {
            return .unreachable
        }
    }
}

import AsyncHTTPClient
import Contracts
import Foundation
import HTTPKit
import NIOCore
import NIOHTTP1

/// Asks services for what `lockstep doctor` judges: all at once, three seconds each, bounded answers, no redirect.
struct DoctorClient: Sendable {
    private struct Answer {
        var status: Int
        var body: [UInt8]
        var clockOffset: Int64?
        var milliseconds: Int64
    }
    private struct Ready: Decodable {
        var checks: [DoctorObservation.Service.Check]?
    }

    let client: HTTPClient
    let internalToken: InternalToken

    static func makeHTTPClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(3))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func service(_ role: String, _ url: String) async -> DoctorObservation.Service {
        let keys: Answer
        switch await ask("GET", url + "/internal/v1/keys", bearer: internalToken.authorization) {
        case .failure(let fault):
            return .init(role: role, url: url, keys: .unreachable(fault.reason), isReady: nil, milliseconds: 0)
        case .success(let answer): keys = answer
        }
        var service = DoctorObservation.Service(
            role: role, url: url, keys: Self.keys(keys), isReady: nil, clockOffset: keys.clockOffset,
            milliseconds: keys.milliseconds)
        if case .success(let ready) = await ask("GET", url + "/ready", bearer: internalToken.authorization) {
            service.isReady = ready.status == 200
            service.checks = (try? JSONDecoder().decode(Ready.self, from: Data(ready.body)))?.checks ?? []
            service.clockOffset = service.clockOffset ?? ready.clockOffset
        }
        return service
    }

    private static func keys(_ answer: Answer) -> DoctorObservation.Service.Keys {
        switch answer.status {
        case 200:
            guard let report = try? JSONDecoder().decode(KeyReport.self, from: Data(answer.body)) else {
                return .unreachable("its answer to /internal/v1/keys is none of ours")
            }
            return .report(report)
        // The gateway shows strangers nothing below /internal.
        case 401, 403, 404: return .refused
        default: return .unreachable("/internal/v1/keys answers \(answer.status)")
        }
    }

    func fleet(_ portal: String) async -> FleetTable? {
        guard
            case .success(let answer) = await ask(
                "GET", portal + "/internal/v1/fleet", bearer: internalToken.authorization), answer.status == 200
        else { return nil }
        return try? JSONDecoder().decode(FleetTable.self, from: Data(answer.body))
    }

    /// A real token on the way that everybody's takes; straight to the plant too, where the way is barred.
    func trip(portal: String, gateway: String?, plant: String?) async -> [DoctorObservation.Hop] {
        var hops: [DoctorObservation.Hop] = []
        let issued = await ask(
            "POST", portal + "/internal/v1/diagnostic-token", bearer: internalToken.authorization)
        hops.append(hop("issue", portal, issued))
        guard case .success(let answer) = issued, answer.status == 200,
            let token = try? JSONDecoder().decode(DiagnosticToken.self, from: Data(answer.body))
        else { return hops }
        let path = "/api/v1/diagnostics/token"
        if let gateway {
            let reply = await ask("GET", gateway + path, bearer: "Bearer \(token.token)")
            hops.append(hop("through the gateway", gateway, reply))
            if case .success(let reply) = reply, reply.status == 200 { return hops }
        }
        if let plant {
            hops.append(
                hop("straight to the plant", plant, await ask("GET", plant + path, bearer: "Bearer \(token.token)")))
        }
        return hops
    }

    private func hop(
        _ name: String, _ url: String, _ result: Result<Answer, Unanswered>
    ) -> DoctorObservation.Hop {
        switch result {
        case .failure: return .init(name: name, url: url, status: nil, milliseconds: 0)
        case .success(let answer):
            let problem = answer.status == 200 ? nil : try? JSONDecoder().decode(Problem.self, from: Data(answer.body))
            return .init(
                name: name, url: url, status: answer.status, code: problem?.code, detail: problem?.detail,
                milliseconds: answer.milliseconds)
        }
    }

    private struct Unanswered: Error { let reason: String }

    private func ask(_ method: String, _ url: String, bearer: String) async -> Result<Answer, Unanswered> {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Authorization", value: bearer)
        request.headers.add(name: "Accept", value: "application/json")
        let start = (ContinuousClock.now, Date.now)
        do {
            let response = try await client.execute(request, timeout: .seconds(3))
            let body = try await response.body.collect(upTo: 8 * 1024 * 1024)
            let took = ContinuousClock.now - start.0
            let milliseconds = took.components.seconds * 1000 + took.components.attoseconds / 1_000_000_000_000_000
            let middle = start.1.addingTimeInterval(Double(milliseconds) / 2000)
            return .success(
                Answer(
                    status: Int(response.status.code), body: Array(body.readableBytesView),
                    clockOffset: response.headers.first(name: "Date").flatMap(Self.time).map {
                        // The header leaves its fraction out: on average half a second.
                        Int64(($0.timeIntervalSince(middle) + 0.5).rounded())
                    }, milliseconds: milliseconds))
        } catch let error as HTTPClientError {
            return .failure(Unanswered(reason: error.shortDescription))
        } catch let error as IOError {
            return .failure(Unanswered(reason: "no connection (errno \(error.errnoCode))"))
        } catch {
            return .failure(Unanswered(reason: "no answer"))
        }
    }

    /// `Sat, 21 Nov 2026 06:45:00 GMT` (RFC 9110 §5.6.7).
    static func time(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let iso = "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z"
        return try? Date(iso, strategy: .iso8601)
    }
}

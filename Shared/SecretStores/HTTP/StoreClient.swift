package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks stores over HTTP: each call within one deadline, repeated where that may help, answers bounded, no redirect
/// followed (a credential goes where it was meant to go, or nowhere).
package struct StoreClient: Sendable {
    /// Bytes of an answer.
    static let maximumBody = 262_144

    private let send: @Sendable (StoreRequest, Duration) async throws(StoreFault) -> StoreResponse
    private let pause: @Sendable (Duration) async throws -> Void
    private let random: @Sendable () -> Double
    private let clock: @Sendable () -> ContinuousClock.Instant
    /// Over all attempts of a call.
    private let deadline: Duration
    /// Of one attempt.
    private let patience: Duration
    private let policy: RetryPolicy

    /// - Parameter http: from `makeHTTPClient`; whoever made it shuts it down.
    package init(http: HTTPClient, deadline: Duration = .seconds(10), patience: Duration = .seconds(5)) {
        self.init(
            send: { request, time throws(StoreFault) in try await Self.exchange(request, within: time, http) },
            pause: { try await Task.sleep(for: $0) }, random: { .random(in: 0...1) }, clock: { .now },
            deadline: deadline, patience: patience, policy: RetryPolicy())
    }

    /// - Parameters:
    ///   - send: one attempt, within so much time.
    ///   - random: 0 to 1.
    init(
        send: @escaping @Sendable (StoreRequest, Duration) async throws(StoreFault) -> StoreResponse,
        pause: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double,
        clock: @escaping @Sendable () -> ContinuousClock.Instant, deadline: Duration, patience: Duration,
        policy: RetryPolicy
    ) {
        self.send = send
        self.pause = pause
        self.random = random
        self.clock = clock
        self.deadline = deadline
        self.patience = patience
        self.policy = policy
    }

    package static func makeHTTPClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(5))
        configuration.connectionPool.idleTimeout = .seconds(30)
        // A connection that fails is for the policy to judge.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The answer, whatever its status; after attempts that were in vain, the last one's.
    package func send(_ request: StoreRequest) async throws(StoreFault) -> StoreResponse {
        let end = clock() + deadline
        var attempt = 0
        while true {
            attempt += 1
            let result: Result<StoreResponse, StoreFault>
            let left = end - clock()
            guard left > .zero else { throw StoreFault(reason: "no answer within \(deadline)") }
            do throws(StoreFault) {
                result = .success(try await send(request, min(patience, left)))
            } catch {
                // Asked again it would show the same certificate.
                guard !error.isUntrusted else { throw error }
                result = .failure(error)
            }
            let decision = policy.decide(
                Self.outcome(result, of: request), attempt: attempt, left: end - clock(),
                isRepeatable: request.isRepeatable, random: random())
            guard case .pause(let duration) = decision else { return try result.get() }
            do {
                try await pause(duration)
            } catch {
                throw StoreFault(reason: "the service is stopping")
            }
        }
    }

    private static func outcome(
        _ result: Result<StoreResponse, StoreFault>, of request: StoreRequest
    ) -> RetryPolicy.Outcome {
        guard case .success(let response) = result else { return .unreachable }
        let retryAfter = response.header("retry-after").flatMap(Int64.init).flatMap { $0 >= 0 ? $0 : nil }
        return .answered(
            status: response.status, isThrottled: request.isThrottled(response), retryAfter: retryAfter)
    }

    private static func exchange(
        _ request: StoreRequest, within time: Duration, _ http: HTTPClient
    ) async throws(StoreFault) -> StoreResponse {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        message.tlsConfiguration = request.trustRoots?.configuration
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if !request.body.isEmpty { message.body = .bytes(ByteBuffer(bytes: request.body)) }
        let end = NIODeadline.now() + .nanoseconds(time.nanoseconds)
        do {
            let response = try await http.execute(message, deadline: end)
            let body = try await response.body.collect(upTo: maximumBody)
            return StoreResponse(
                status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                body: Array(body.readableBytesView))
        } catch let error as HTTPClientError {
            throw StoreFault(reason: error == .deadlineExceeded ? "no answer in time" : error.shortDescription)
        } catch is NIOTooManyBytesError {
            throw StoreFault(reason: "the answer is longer than \(maximumBody) bytes")
        } catch let error as IOError {
            throw StoreFault(reason: "no connection (errno \(error.errnoCode))")
        } catch let error as NIOSSLExtraError where error == .failedToValidateHostname {
            throw StoreFault(reason: "its certificate is another host's")
        } catch let error as NIOSSLError where isUntrusted(error) {
            throw StoreFault(reason: "its certificate is not trusted", isUntrusted: true)
        } catch {
            // TLS and parser faults: their type says what it was, their text may repeat what was sent.
            throw StoreFault(reason: "the connection failed (\(type(of: error)))")
        }
    }

    /// BoringSSL's codes are closed to us; its name of this one stands in the description.
    private static func isUntrusted(_ error: NIOSSLError) -> Bool {
        "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    }
}

extension Duration {
    /// Saturating.
    fileprivate var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds &+ components.attoseconds / 1_000_000_000
    }
}

import NIOCore
import Secrets

/// The ID token that Cloud Run IAM wants to see (PLANT_BACKEND_USE_ID_TOKEN), fetched from the metadata server ahead of
/// its expiry. Each loop holds its own: one small call an hour is cheaper than a lock on every request.
final class IDTokenHolder {
    private let pool: UpstreamPool
    private let audience: String
    private let deadlines: LoopDeadlines
    private let eventLoop: any EventLoop
    private let report: (String?) -> Void
    private var token: (text: String, expiresAt: Int64)?
    private var isFetching = false
    /// Seconds since the epoch, before which no new attempt is made.
    private var notBefore: Int64 = 0

    /// - Parameters:
    ///   - pool: of the metadata server.
    ///   - audience: the plant's URL.
    ///   - report: nil for success, else why not; for readiness and the log.
    init(
        pool: UpstreamPool, audience: String, deadlines: LoopDeadlines, eventLoop: any EventLoop,
        report: @escaping (String?) -> Void
    ) {
        self.pool = pool
        self.audience = audience
        self.deadlines = deadlines
        self.eventLoop = eventLoop
        self.report = report
    }

    /// - Parameter now: seconds since the epoch.
    func current(now: Int64) -> String? {
        guard let token, now < token.expiresAt - 5 else { return nil }
        return token.text
    }

    /// On every tick of the loop: fetches when there is none, or less than five minutes are left of it.
    func refresh(now: Int64) {
        guard !isFetching, now >= notBefore, token.map({ now >= $0.expiresAt - 300 }) ?? true else { return }
        isFetching = true
        let target = "/computeMetadata/v1/instance/service-accounts/default/identity?audience=\(Self.encoded(audience))"
        var lines = HeadBuffer()
        lines.writeLine("Metadata-Flavor", "Google")
        UpstreamCall(
            pool: pool, target: target, lines: lines, deadlines: deadlines, deadline: eventLoop.now + .seconds(5)
        ) { [self] in
            fetched($0, now: now)
        }.start()
    }

    private func fetched(_ answer: PlantAnswer, now: Int64) {
        isFetching = false
        guard case .answered(200, let body) = answer, let fetched = Self.read(body), fetched.expiresAt > now else {
            notBefore = now + 5
            report(Self.fault(answer))
            return
        }
        token = fetched
        // A token that is nearly over already (a metadata server's cache) is not asked for again at once.
        notBefore = now + 30
        report(nil)
    }

    private static func fault(_ answer: PlantAnswer) -> String {
        switch answer {
        case .failed(let reason), .notAsked(let reason): "metadata server: \(reason)"
        case .answered(200, _): "metadata server: the answer is no ID token that is valid now"
        case .answered(let status, _): "metadata server answered \(status)"
        }
    }

    /// `exp` alone is read: whether the token is good is for IAM to say.
    static func read(_ body: [UInt8]) -> (text: String, expiresAt: Int64)? {
        var text = String(decoding: body, as: UTF8.self)
        while let last = text.utf8.last, last == 0x0A || last == 0x0D { text.removeLast() }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let payload = Base64URL.decode(String(parts[1])), let json = try? StrictJSON(payload),
            let node = json.member(json.root, "exp"), let seconds = json.floor(node)
        else { return nil }
        return (text, seconds)
    }

    static func encoded(_ text: String) -> String {
        var output = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                output.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                output += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return output
    }
}

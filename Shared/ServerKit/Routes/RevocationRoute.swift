package import Contracts
import HTTPKit
import HTTPTypes
package import Hummingbird
import ServiceLifecycle

/// `GET /internal/v1/revocations?after=CURSOR&wait=SECONDS`: a page at once where there is one, else the question stays
/// open until there is, until `wait` is over, or until this service stops.
package struct RevocationRoute: Sendable {
    private let page: @Sendable (_ after: String?) async throws -> RevocationPage?
    private let news: @Sendable () -> AsyncStream<Void>
    private let pause: @Sendable (_ seconds: Int) async throws -> Void

    /// - Parameters:
    ///   - page: nil for a cursor that is not known (any more).
    ///   - news: yields when there may be more, at whichever replica it was written.
    ///   - pause: ends when so many seconds have passed.
    package init(
        page: @escaping @Sendable (_ after: String?) async throws -> RevocationPage?,
        news: @escaping @Sendable () -> AsyncStream<Void>,
        pause: @escaping @Sendable (_ seconds: Int) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }
    ) {
        self.page = page
        self.news = news
        self.pause = pause
    }

    package func add(to group: RouterGroup<AppContext>) {
        group.get("revocations") { request, _ in
            let after = try Self.cursor(request)
            let wait = try Self.wait(request)
            return try JSONBody.response(try await answer(after, wait: wait), headers: [.cacheControl: "no-store"])
        }
    }

    private func answer(_ after: String?, wait: Int) async throws -> RevocationPage {
        // Listened to before the first look: what is committed between the two is not missed.
        let news = news()
        let first = try await look(after)
        guard first.events.isEmpty, wait > 0 else { return first }
        let found = try await cancelWhenGracefulShutdown { () async throws -> RevocationPage? in
            try await withThrowingTaskGroup(of: RevocationPage?.self) { group in
                group.addTask {
                    for await _ in news {
                        let page = try await look(after)
                        if !page.events.isEmpty { return page }
                    }
                    return nil
                }
                group.addTask {
                    // Cancelled: by the page that came first, or as the service stops.
                    try? await pause(wait)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
        return found ?? first
    }

    private func look(_ after: String?) async throws -> RevocationPage {
        guard let page = try await page(after) else {
            throw Refusal(
                .cursorUnknown, "This cursor is none of this log, or too old. Start again without one.")
        }
        return page
    }

    private static func cursor(_ request: Request) throws(Refusal) -> String? {
        let values = request.uri.queryParameters[values: "after"]
        guard let first = values.first else { return nil }
        guard values.count == 1, RevocationPage.isCursor(String(first)) else {
            throw Refusal(.malformedRequest, "after is no cursor.")
        }
        return String(first)
    }

    private static func wait(_ request: Request) throws(Refusal) -> Int {
        let values = request.uri.queryParameters[values: "wait"]
        guard let first = values.first else { return 0 }
        guard values.count == 1, let seconds = Int(first), 0...RevocationPage.longestWait ~= seconds else {
            throw Refusal(.malformedRequest, "wait is no number of seconds from 0 to \(RevocationPage.longestWait).")
        }
        return seconds
    }
}

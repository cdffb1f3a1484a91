import Contracts
import Fleet
import Logging
import Secrets
import ServiceKit
import ServiceLifecycle

/// Goes on with rotations that were begun on the portal's page, in whichever replica gets the lease, also after the one
/// that began it is gone.
final class RotationRunner: Service {
    static let interval = Duration.seconds(1)

    private let desk: RotationDesk
    private let record: @Sendable () async throws -> RotationRecord?
    private let logger: Logger

    init(desk: RotationDesk, record: @escaping @Sendable () async throws -> RotationRecord?, logger: Logger) {
        self.desk = desk
        self.record = record
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await look()
                guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
            }
        }
    }

    /// Once, as `run` does it at each interval.
    func look() async {
        do {
            guard let open = try await record(), open.endedAt == nil, open.by.hasPrefix(RotationDesk.holderPrefix),
                open.store == desk.storeName
            else { return }
            if case .done(let progress) = try await desk.goOn(with: open) {
                logger.info(
                    "Key rotation \(progress?.phase.rawValue ?? "finished")",
                    metadata: ["from_kid": "\(open.fromKid)", "to_kid": "\(open.toKid)", "by": "\(open.by)"])
            }
        } catch is CancellationError {
            return
        } catch {
            logger.warning(
                "A rotation that was begun on the page can't be gone on with; it is tried again",
                metadata: ["cause": "\(error)"])
        }
    }
}

import Foundation
import Synchronization

/// The process groups that run now, by service.
final class ProcessTable: Sendable {
    private let groups = Mutex<[String: pid_t]>([:])

    func set(_ service: String, _ group: pid_t?) { groups.withLock { $0[service] = group } }

    /// Under the lock, so that a group which is just being taken out is not signalled under its old number.
    func signal(_ service: String, _ number: Int32) {
        groups.withLock { groups in
            if let group = groups[service] { _ = kill(-group, number) }
        }
    }
}

import NIOCore

/// A connection that was accepted and can't carry requests yet: its PROXY header or its TLS handshake is not done. Both
/// have to be before one deadline.
final class Arrival: Deadlined {
    let channel: any Channel
    var deadline: NIODeadline
    var deadlineSlot = -1
    private let passed: () -> Void

    init(channel: any Channel, deadline: NIODeadline, passed: @escaping () -> Void) {
        self.channel = channel
        self.deadline = deadline
        self.passed = passed
    }

    func deadlinePassed() {
        deadline = .distantFuture
        passed()
        channel.close(promise: nil)
    }
}

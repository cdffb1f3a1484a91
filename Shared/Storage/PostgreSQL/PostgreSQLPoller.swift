import Dispatch
import Foundation
import Synchronization

/// The one thread of a pool: it waits for all its connections' sockets at once, and runs what others hand to it.
///
/// NIO has no call to watch a descriptor that another library owns, and a Swift concurrency thread must not wait.
final class PostgreSQLPoller: Sendable {
    typealias Job = @Sendable (PostgreSQLCore) -> Void

    private struct Inbox {
        var jobs: [Job] = []
        var isStopped = false
    }

    private let inbox = Mutex(Inbox())
    private let wakeRead: Int32
    private let wakeWrite: Int32

    private init(wakeRead: Int32, wakeWrite: Int32) {
        self.wakeRead = wakeRead
        self.wakeWrite = wakeWrite
    }

    /// The pipe is closed by the thread when it ends, as it is the last to use it.
    static func start(_ makeCore: @escaping @Sendable (PostgreSQLPoller) -> PostgreSQLCore) throws(StorageError)
        -> PostgreSQLPoller
    {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .unavailable("no descriptor is left for a pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        let poller = PostgreSQLPoller(wakeRead: ends[0], wakeWrite: ends[1])
        let thread = Thread { poller.run(makeCore(poller)) }
        thread.name = "postgresql"
        thread.start()
        return poller
    }

    /// False once it has stopped: then the job never runs.
    @discardableResult
    func submit(_ job: @escaping Job) -> Bool {
        inbox.withLock { inbox in
            guard !inbox.isStopped else { return false }
            inbox.jobs.append(job)
            // Inside of the lock, so that the thread can't close the pipe in between. A full pipe wakes just as well.
            if inbox.jobs.count == 1 {
                var byte: UInt8 = 1
                _ = write(wakeWrite, &byte, 1)
            }
            return true
        }
    }

    static func now() -> Tick { DispatchTime.now().uptimeNanoseconds }

    private func run(_ core: PostgreSQLCore) {
        while true {
            for job in inbox.withLock({ inbox in
                defer { inbox.jobs = [] }
                return inbox.jobs
            }) { job(core) }
            core.tick(now: Self.now())
            if core.isFinished, stop() { return }
            wait(for: core)
        }
    }

    /// False when a job came meanwhile.
    private func stop() -> Bool {
        inbox.withLock { inbox in
            guard inbox.jobs.isEmpty else { return false }
            inbox.isStopped = true
            close(wakeRead)
            close(wakeWrite)
            return true
        }
    }

    private func wait(for core: PostgreSQLCore) {
        let links = core.watched
        var descriptors = [pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)]
        for link in links {
            let interest = link.interest
            let events = (interest.read ? Int16(POLLIN) : 0) | (interest.write ? Int16(POLLOUT) : 0)
            descriptors.append(pollfd(fd: link.descriptor, events: events, revents: 0))
        }
        guard poll(&descriptors, nfds_t(descriptors.count), timeout(until: core.nextDeadline)) > 0 else { return }
        if descriptors[0].revents != 0 {
            var buffer = [UInt8](repeating: 0, count: 64)
            while read(wakeRead, &buffer, buffer.count) > 0 {}
        }
        for (link, descriptor) in zip(links, descriptors.dropFirst()) where descriptor.revents != 0 {
            link.advance()
        }
    }

    /// Milliseconds, rounded up; -1 is for ever.
    private func timeout(until deadline: Tick?) -> Int32 {
        guard let deadline else { return -1 }
        let now = Self.now()
        return deadline <= now ? 0 : Int32(clamping: (deadline - now) / 1_000_000 + 1)
    }
}

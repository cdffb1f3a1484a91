import NIOPosix

/// The threads that one module's code runs on, and nobody else's: a handler that spins or blocks holds up its own
/// module's answers, and no neighbour's.
package final class ModuleThreads: TaskExecutor {
    private let pool: NIOThreadPool

    /// - Parameter count: two, where one that is stuck shall not stop the other.
    package init(count: Int = 2) {
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        pool.submit { _ in job.runSynchronously(on: executor) }
    }
}

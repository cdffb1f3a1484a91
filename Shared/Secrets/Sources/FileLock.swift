#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An advisory lock on `PATH.lock`, which the system lets go of when its process ends, however it ends.
struct FileLock {
    private let descriptor: Int32

    /// - Parameter patience: how long another holder is waited for.
    static func acquire(beside path: String, patience: Duration) async throws(StoreWriteError) -> FileLock {
        let file = path + ".lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileReplacement.failure(errno, file) }
        let deadline = ContinuousClock.now.advanced(by: patience)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else {
                close(descriptor)
                throw .unavailable(reason: "\(file) can't be locked (errno \(code))")
            }
            guard ContinuousClock.now < deadline, (try? await Task.sleep(for: .milliseconds(20))) != nil else {
                close(descriptor)
                throw .unavailable(reason: "another process is writing it and holds \(file)")
            }
        }
        return FileLock(descriptor: descriptor)
    }

    func release() { close(descriptor) }
}

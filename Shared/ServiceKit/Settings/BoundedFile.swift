import Glibc

/// Reads a small file whole, or says why not; never more than the limit.
enum BoundedFile {
    struct Fault: Error { let problem: String }

    static func read(_ path: String, limit: Int) -> Result<[UInt8], Fault> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            return .failure(Fault(problem: "names a file that can't be read (\(String(cString: strerror(errno))))."))
        }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(
                    Fault(problem: "names a file that can't be read (\(String(cString: strerror(errno))))."))
            }
            if count == 0 { return .success(content) }
            content.append(contentsOf: chunk[..<count])
            if content.count > limit {
                return .failure(Fault(problem: "names a file of more than \(limit) bytes."))
            }
        }
    }
}

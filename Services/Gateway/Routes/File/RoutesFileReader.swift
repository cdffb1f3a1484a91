import Glibc

/// Reads a whole small file, without Foundation. Of one that is too long so much that this can be told.
enum RoutesFileReader {
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read(descriptor: descriptor)
    }

    static func read(descriptor: CInt) -> [UInt8]? {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while content.count <= YAMLReader.maximumBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            content.append(contentsOf: chunk[..<count])
        }
        return content
    }
}

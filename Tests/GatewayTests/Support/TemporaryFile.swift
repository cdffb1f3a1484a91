import Glibc

/// A file of a test's own, removed with it.
final class TemporaryFile: Sendable {
    struct Failure: Error {}
    let path: String

    init(_ text: String) throws {
        var template = Array("/tmp/lockstep-gateway-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Failure() }
        close(descriptor)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try write(text)
    }

    deinit { unlink(path) }

    func write(_ text: String) throws {
        guard let file = fopen(path, "w") else { throw Failure() }
        defer { fclose(file) }
        guard fwrite(text, 1, text.utf8.count, file) == text.utf8.count else { throw Failure() }
    }
}

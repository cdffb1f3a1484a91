import Crypto
import Glibc
import Secrets

/// Passwords that are known from breaches, as an operator supplies them: the SHA-1 list of Have I Been Pwned's downloader,
/// `HASH[:count]` a line, in hexadecimal, ascending. Searched in the file, which may have 40 GB: some forty reads, and
/// nothing kept.
final class BreachedPasswords: Sendable {
    enum Fault: Error, Equatable, Sendable {
        /// What the system says.
        case unreadable(String)
        case empty
        /// No hash of 40 digits, or not greater than the line before.
        case malformed(line: Int)
        /// As above, where lines were not counted.
        case malformedNear(byte: Int64)

        /// For an operator, with the file and the line.
        func told(of path: String) -> String {
            switch self {
            case .unreadable(let reason): "\(path): \(reason)"
            case .empty: "\(path) is empty"
            case .malformed(let line): "\(path):\(line): no SHA-1 hash, or not greater than the one before"
            case .malformedNear(let byte): "\(path), byte \(byte): no SHA-1 hash, or not greater than the ones before"
            }
        }
    }

    /// Bytes; a line has 40 digits and a count.
    private static let longestLine = 128
    private static let digits = 40
    /// Bytes that are looked through whole at start; of a longer file the beginning.
    private static let checkedBytes: Int64 = 16 * 1_048_576
    /// Places of a longer file that are looked at.
    private static let samples: Int64 = 256

    private let descriptor: Int32
    private let size: Int64

    /// Keeps the file open: a new one put in its place is used from the next start on.
    init(path: String) throws(Fault) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable("it is no regular file")
        }
        size = Int64(status.st_size)
        guard size > 0 else { throw .empty }
        try checkBeginning()
        try checkSamples()
    }

    deinit { close(descriptor) }

    func contains(_ password: Password) throws(Fault) -> Bool {
        let hash = password.secret.withUnsafeBytes { Insecure.SHA1.hash(data: $0) }
        let wanted = hash.flatMap { byte in
            [byte >> 4, byte & 0x0F].map { Array("0123456789ABCDEF".utf8)[Int($0)] }
        }
        // The first line that begins at `low` or later and before `high` is the one looked for, if any.
        var (low, high): (Int64, Int64) = (0, size)
        while low < high {
            let middle = low + (high - low) / 2
            guard let line = try firstLine(from: middle), line.start < high else {
                high = middle
                continue
            }
            if line.hash == wanted { return true }
            if line.hash.lexicographicallyPrecedes(wanted) { low = line.end } else { high = middle }
        }
        return false
    }

    private struct Line {
        /// In uppercase.
        var hash: [UInt8]
        var start: Int64
        /// Behind its line break.
        var end: Int64
    }

    /// The first line that begins at that place or behind it; nil at the end of the file.
    private func firstLine(from place: Int64) throws(Fault) -> Line? {
        var start: Int64 = 0
        if place > 0 {
            // A line begins here when the byte before is a line break.
            let before = try bytes(at: place - 1, count: Self.longestLine)
            guard let breakIndex = before.firstIndex(of: 0x0A) else {
                guard place - 1 + Int64(before.count) >= size else { throw .malformedNear(byte: place) }
                return nil
            }
            start = place - 1 + Int64(breakIndex) + 1
        }
        guard start < size else { return nil }
        let content = try bytes(at: start, count: Self.longestLine)
        let line = content.prefix { $0 != 0x0A }
        guard let hash = Self.hash(of: Array(line)), line.count < content.count || start + Int64(line.count) == size
        else { throw .malformedNear(byte: start) }
        return Line(hash: hash, start: start, end: min(size, start + Int64(line.count) + 1))
    }

    /// Nil for what is no line of the format.
    private static func hash(of line: [UInt8]) -> [UInt8]? {
        var line = line
        if line.last == 0x0D { line.removeLast() }
        guard line.count >= digits else { return nil }
        let hash = line[..<digits].map { (0x61...0x66).contains($0) ? $0 - 0x20 : $0 }
        guard hash.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }) else { return nil }
        let count = line[digits...]
        guard
            count.isEmpty
                || count.first == UInt8(ascii: ":") && count.count > 1
                    && count.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return hash
    }

    private func checkBeginning() throws(Fault) {
        var (place, number): (Int64, Int) = (0, 0)
        var last: [UInt8] = []
        var rest: [UInt8] = []
        while place < min(size, Self.checkedBytes) {
            let chunk = try bytes(at: place, count: 1_048_576)
            guard !chunk.isEmpty else { break }
            place += Int64(chunk.count)
            var lines = (rest + chunk).split(separator: 0x0A, omittingEmptySubsequences: false)
            // What is behind the last line break goes on in the next chunk.
            rest = Array(lines.removeLast())
            guard rest.count <= Self.longestLine else { throw .malformed(line: number + lines.count + 1) }
            if place >= size, !rest.isEmpty { lines.append(rest[...]) }
            for line in lines {
                number += 1
                guard let hash = Self.hash(of: Array(line)), last.lexicographicallyPrecedes(hash) else {
                    throw .malformed(line: number)
                }
                last = hash
            }
        }
    }

    private func checkSamples() throws(Fault) {
        guard size > Self.checkedBytes else { return }
        var last: [UInt8] = []
        for sample in 0..<Self.samples {
            guard let line = try firstLine(from: size / Self.samples * sample) else { break }
            guard last.lexicographicallyPrecedes(line.hash) else { throw .malformedNear(byte: line.start) }
            last = line.hash
        }
    }

    private func bytes(at place: Int64, count: Int) throws(Fault) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = buffer.withUnsafeMutableBytes { memory in
                // Never nil: the buffer has at least one byte.
                guard let start = memory.baseAddress else { return 0 }
                return pread(descriptor, start + filled, count - filled, off_t(place + Int64(filled)))
            }
            if read < 0 {
                if errno == EINTR { continue }
                throw .unreadable(String(cString: strerror(errno)))
            }
            if read == 0 { break }
            filled += read
        }
        return Array(buffer[..<filled])
    }
}

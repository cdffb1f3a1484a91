import Glibc

/// Random words for the names of requests and spans. They come from the operating system, many at a time: one system
/// call per word would be five for every request.
final class LoopRandomness {
    /// 256 bytes: as many as `getentropy` gives at once.
    private var words = [UInt64](repeating: 0, count: 32)
    private var next: Int

    init() { next = words.count }

    /// 64 bits that were not handed out before.
    func word() -> UInt64 {
        if next == words.count { refill() }
        defer { next += 1 }
        return words[next]
    }

    private func refill() {
        next = 0
        if words.withUnsafeMutableBytes({ getentropy($0.baseAddress, $0.count) }) == 0 { return }
        var generator = SystemRandomNumberGenerator()
        for index in words.indices { words[index] = generator.next() }
    }
}

/// Requests by grammar, most of them right or nearly so, with what smugglers have tried sprinkled in.
struct RequestGenerator {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// One to three requests on one connection.
    mutating func next() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<(random.once(in: 4) ? 3 : 1) { bytes += request() }
        if random.once(in: 2) { mutate(&bytes) }
        return bytes
    }

    /// Where to cut the bytes, as reads from a socket would.
    mutating func cut(_ count: Int) -> Int { count == 0 ? 0 : Int.random(in: 0...count, using: &random) }

    private mutating func request() -> [UInt8] {
        var lines: [String] = []
        let method = random.pick(Self.methods)
        let target = random.once(in: 20) ? random.pick(Self.oddTargets) : random.pick(Self.targets)
        let version = random.once(in: 30) ? random.pick(Self.oddVersions) : random.once(in: 8) ? "HTTP/1.0" : "HTTP/1.1"
        lines.append("\(method) \(target) \(version)")
        if !random.once(in: 40) { lines.append(random.once(in: 30) ? random.pick(Self.oddHosts) : "Host: example.com") }
        for _ in 0..<Int.random(in: 0...6, using: &random) { lines.append(field()) }
        let body = body(&lines)
        lines.shuffleTail(using: &random)
        var text = random.once(in: 30) ? "\r\n" : ""
        for line in lines { text += line + (random.once(in: 400) ? random.pick(Self.oddEnds) : "\r\n") }
        return Array((text + "\r\n").utf8) + body
    }

    private mutating func field() -> String {
        if random.once(in: 12) { return random.pick(Self.oddFields) }
        let space = random.once(in: 10) ? random.pick(["", "  ", "\t", " \t "]) : " "
        let end = random.once(in: 20) ? random.pick([" ", "\t", " \t"]) : ""
        return random.pick(Self.names) + ":" + space + random.pick(Self.values) + end
    }

    private mutating func body(_ lines: inout [String]) -> [UInt8] {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: return []
        case 4...6:
            let count = Int.random(in: 0...40, using: &random)
            lines.append("Content-Length: \(count)")
            if random.once(in: 30) { lines.append("Transfer-Encoding: chunked") }
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        default:
            lines.append(random.once(in: 15) ? random.pick(Self.oddEncodings) : "Transfer-Encoding: chunked")
            return chunks()
        }
    }

    private mutating func chunks() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let count = Int.random(in: 1...30, using: &random)
            bytes += random.once(in: 6) ? Array("00".utf8) : []
            bytes += Array(String(count, radix: 16, uppercase: random.once(in: 2)).utf8)
            if random.once(in: 5) { bytes += Array(random.pick(Self.extensions).utf8) }
            bytes += Array((random.once(in: 60) ? random.pick(Self.oddEnds) : "\r\n").utf8)
            for _ in 0..<count { bytes.append(UInt8.random(in: 0...255, using: &random)) }
            bytes += Array((random.once(in: 60) ? random.pick(Self.oddEnds) : "\r\n").utf8)
        }
        bytes += Array("0".utf8)
        if random.once(in: 10) { bytes += Array(random.pick(Self.extensions).utf8) }
        bytes += Array("\r\n".utf8)
        if random.once(in: 4) { bytes += Array((field() + "\r\n").utf8) }
        return bytes + Array("\r\n".utf8)
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = random.pick(Self.oddBytes)
            case 1: bytes.insert(random.pick(Self.oddBytes), at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 12)], at: place)
            }
        }
    }
}

extension [String] {
    /// The request line stays first.
    fileprivate mutating func shuffleTail(using random: inout SeededRandom) { self[1...].shuffle(using: &random) }
}

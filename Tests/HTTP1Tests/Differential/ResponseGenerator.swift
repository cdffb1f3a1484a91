/// Responses of an upstream by grammar, most of them right or nearly so, now and then with an interim one before them.
struct ResponseGenerator {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func next() -> (bytes: [UInt8], isToHEAD: Bool) {
        let isToHEAD = random.once(in: 6)
        var text = ""
        if random.once(in: 8) { text += random.pick(Self.interims) }
        text += head()
        switch Int.random(in: 0..<5, using: &random) {
        case 0: text += "\r\n"
        case 1: text += "Content-Length: 5\r\n\r\nhello"
        case 2: text += random.pick(RequestGenerator.oddEncodings) + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        case 3: text += "\r\nuntil it closes"
        default: text += "Transfer-Encoding: chunked\r\n\r\n" + chunks()
        }
        var bytes = Array(text.utf8)
        if random.once(in: 2) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = random.pick(RequestGenerator.oddBytes)
        }
        return (bytes, isToHEAD)
    }

    /// Where to cut the bytes, as reads from a socket would.
    mutating func cut(_ count: Int) -> Int { Int.random(in: 0...count, using: &random) }

    private mutating func head() -> String {
        let version =
            random.once(in: 30) ? random.pick(RequestGenerator.oddVersions) : random.pick(["HTTP/1.1", "HTTP/1.0"])
        var text = "\(version) \(random.once(in: 20) ? random.pick(Self.oddStatuses) : random.pick(Self.statuses))\r\n"
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let odd = random.once(in: 10)
            let name = random.pick(RequestGenerator.names)
            text += odd ? random.pick(RequestGenerator.oddFields) : "\(name): \(random.pick(RequestGenerator.values))"
            text += random.once(in: 200) ? random.pick(RequestGenerator.oddEnds) : "\r\n"
        }
        return text
    }

    private mutating func chunks() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let size = Int.random(in: 1...20, using: &random)
            text += String(size, radix: 16, uppercase: random.once(in: 2))
            if random.once(in: 5) { text += random.pick(RequestGenerator.extensions) }
            text += (random.once(in: 60) ? random.pick(RequestGenerator.oddEnds) : "\r\n")
            text += String(repeating: "x", count: size)
            text += (random.once(in: 60) ? random.pick(RequestGenerator.oddEnds) : "\r\n")
        }
        text += "0\r\n"
        if random.once(in: 3) { text += random.pick(RequestGenerator.names) + ": b\r\n" }
        return text + "\r\n"
    }

    private static let statuses = [
        "200 OK", "200 OK", "404 Not Found", "204 No Content", "304 Not Modified", "500 ", "299 \u{E9}", "301 Moved",
    ]
    private static let oddStatuses = [
        "201", "99 Low", "1000 High", "20x OK", "+200 OK", " 200 OK", "200  OK", "", "600 OK",
    ]
    private static let interims = [
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.0 100 \r\n\r\n",
        "HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n",
    ]
}

/// Whatever our reader accepts, the peer has to accept and read in the same way.
enum Differential {
    /// - Returns: what the two readers differ in, for people; nil when ours accepted nothing that the peer reads otherwise.
    static func difference(in bytes: [UInt8], cut: Int) -> String? {
        let own = OwnReader.read(bytes)
        let again = OwnReader.read(bytes, sizes: [cut])
        guard own == again else { return "cut at \(cut): \(own) and \(again)" }
        guard !own.messages.isEmpty else { return nil }
        return compare(own, as: "accepted", own.accepted) ?? compare(own, as: "forwarded", own.forwarded)
    }

    static func compare(_ own: Reading, as name: String, _ bytes: [UInt8]) -> String? {
        let peer = PeerReader.read(bytes)
        if let fault = peer.fault { return "\(name), and the peer refuses it: \(fault)" }
        guard peer.messages.count == own.messages.count else {
            return "\(name): \(own.messages.count) messages, and the peer reads \(peer.messages.count)"
        }
        for (one, other) in zip(own.messages, peer.messages) where one != other {
            return "\(name): read as \(one), and by the peer as \(other)"
        }
        return nil
    }
}

/// A run over generated requests.
struct DifferentialRun {
    var requests = 0
    /// Of these, those from which ours read at least one whole message.
    var accepted = 0
    /// The first differences, with the bytes that show them.
    var differences: [String] = []

    /// - Parameter seed: of the generator; equal seeds make equal runs.
    init(requests count: Int, seed: UInt64) {
        var generator = RequestGenerator(seed: seed)
        while requests < count, differences.count < 5 {
            let bytes = generator.next()
            let cut = generator.cut(bytes.count)
            requests += 1
            if OwnReader.read(bytes).messages.contains(where: \.isComplete) { accepted += 1 }
            if let difference = Differential.difference(in: bytes, cut: cut) {
                differences.append("\(difference)\n  in: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
        }
    }
}

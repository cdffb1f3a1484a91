/// A run over generated responses of an upstream.
struct ResponseDifferential {
    private(set) var responses = 0
    /// Of these, those from which ours read a whole message.
    private(set) var accepted = 0
    /// The first differences, with the bytes that show them.
    private(set) var differences: [String] = []

    /// - Parameter seed: of the generator; equal seeds make equal runs.
    init(responses count: Int, seed: UInt64) {
        var generator = ResponseGenerator(seed: seed)
        while responses < count, differences.count < 5 {
            let (bytes, isToHEAD) = generator.next()
            let cut = generator.cut(bytes.count)
            responses += 1
            if OwnResponseReader.read(bytes, isToHEAD: isToHEAD).messages.contains(where: \.isComplete) {
                accepted += 1
            }
            if let difference = Self.difference(in: bytes, cut: cut, isToHEAD: isToHEAD) {
                differences.append("\(difference)\n  in: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
        }
    }

    /// - Returns: what the two readers differ in, for people; nil when ours accepted nothing that the peer reads otherwise.
    static func difference(in bytes: [UInt8], cut: Int, isToHEAD: Bool) -> String? {
        let own = OwnResponseReader.read(bytes, isToHEAD: isToHEAD)
        let again = OwnResponseReader.read(bytes, cut: cut, isToHEAD: isToHEAD)
        guard own == again else { return "cut at \(cut): \(own) and \(again)" }
        // The peer is told of the end, and so refuses what has not ended.
        guard own.messages.contains(where: \.isComplete) else { return nil }
        for (name, bytes) in [("accepted", own.accepted), ("forwarded", own.forwarded)] {
            let peer = PeerResponseReader.read(bytes, isToHEAD: isToHEAD)
            if let fault = peer.fault { return "\(name), and the peer refuses it: \(fault)" }
            if peer.messages != own.messages {
                return "\(name): read as \(own.messages), and by the peer as \(peer.messages)"
            }
        }
        return nil
    }
}

/// What a fuzzer's bytes stand for: the first says where the rest is cut in two, as by two reads, and whether the request
/// was a HEAD; a rest that begins as a status line does is an upstream's response, any other a client's requests.
struct FuzzInput {
    private let bytes: [UInt8]
    private let first: UInt8

    /// Nil for no bytes at all.
    init?(_ input: [UInt8]) {
        guard let first = input.first else { return nil }
        self.first = first
        bytes = Array(input.dropFirst())
    }

    /// What the two readers differ in, for people; nil when they do not.
    var difference: String? {
        let cut = bytes.count * Int(first) / 255
        guard bytes.starts(with: Array("HTTP/".utf8)) else { return Differential.difference(in: bytes, cut: cut) }
        return ResponseDifferential.difference(in: bytes, cut: cut, isToHEAD: first % 2 == 1)
    }
}

import Foundation
import Testing

@Suite("The corpus that coverage-guided fuzzing has kept")
struct GuidedCorpusTests {
    /// One input of `FuzzTarget` in each line, in base64.
    static let inputs: [[UInt8]] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Corpus/guided.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { Array(Data(base64Encoded: String($0)) ?? Data()) }
    }()

    @Test("is there")
    func isThere() { #expect(Self.inputs.count >= 100 && Self.inputs.allSatisfy { !$0.isEmpty }) }

    @Test("each input is refused, or read as the peer reads it, in one piece and in two")
    func holds() {
        for input in Self.inputs {
            let bytes = Array(input.dropFirst())
            let difference = Differential.difference(in: bytes, cut: bytes.count * Int(input[0]) / 255)
            #expect(difference == nil, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }
}

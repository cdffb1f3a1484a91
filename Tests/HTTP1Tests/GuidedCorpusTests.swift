import Foundation
import Testing

@Suite("The corpus that coverage-guided fuzzing has kept")
struct GuidedCorpusTests {
    /// One ``FuzzInput`` in each line, in base64.
    static let inputs: [[UInt8]] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Corpus/guided.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { Array(Data(base64Encoded: String($0)) ?? Data()) }
    }()

    @Test("is there")
    func isThere() {
        #expect(Self.inputs.count >= 100 && Self.inputs.allSatisfy { !$0.isEmpty })
        #expect(Self.inputs.contains { $0.dropFirst().starts(with: Array("HTTP/".utf8)) }, "no response is in it")
    }

    @Test("each input is refused, or read as the peer reads it, in one piece and in two")
    func holds() {
        for input in Self.inputs {
            let difference = FuzzInput(input)?.difference
            #expect(difference == nil, "\(String(decoding: input.dropFirst(), as: UTF8.self).debugDescription)")
        }
    }
}

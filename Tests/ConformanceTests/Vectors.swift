import Foundation
import Testing

/// The test vectors beside this repository. They belong to their authors and are not part of it: where the folder is
/// absent the suites below say so and are skipped.
enum Vectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/vectors")

    static var arePresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

    static let absence: Comment = "skipped: no test vectors at ../shared/vectors beside the repository"

    static func read<Content: Decodable>(_ path: String, as type: Content.Type = Content.self) throws -> Content {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: path)))
    }

    static func bytes(hexadecimal text: String) throws -> [UInt8] {
        let digits = Array(text)
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            try #require(UInt8(String(digits[index...index + 1]), radix: 16))
        }
    }

    /// Says how many vectors were run; fewer than there are is a failure.
    static func report(_ name: String, ran: Int, of count: Int) {
        print("\(name): ran \(ran) of \(count) vectors")
        #expect(ran == count, "\(name): ran \(ran) of \(count) vectors")
        #expect(count > 0, "\(name): no vectors")
    }
}

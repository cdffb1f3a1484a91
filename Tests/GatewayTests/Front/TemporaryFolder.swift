import Foundation

/// A folder of a test's own, removed with it.
final class TemporaryFolder: Sendable {
    private let root: String

    init() throws {
        var template = Array("/tmp/lockstep-front-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Tool.Failure(description: "no folder for the test") }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)), options: .atomic)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}

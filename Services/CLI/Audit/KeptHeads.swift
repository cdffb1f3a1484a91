import Foundation
import Storage

/// Heads that somebody kept: one by one, or wherever they stand in files such as a service's log.
enum KeptHeads {
    /// More are not held in memory; a head a minute fills this in four years.
    static let limit = 2_000_000
    private static let chunk = 1 << 20
    /// A line that is longer is looked at in pieces; a head is shorter by far.
    private static let overlap = 256

    static func read(
        heads: [String], files: [String], in context: CommandContext
    ) throws(CommandFailure) -> [AuditHead] {
        var found: Set<AuditHead> = []
        for text in heads {
            guard let head = AuditHead(text) else {
                throw CommandFailure(.usage, "--head \(text) is no head; it looks like LOGID:POSITION:HASH")
            }
            found.insert(head)
        }
        for file in files {
            let before = found.count
            if file == "-" {
                found.formUnion(AuditHead.found(in: String(decoding: context.console.input(), as: UTF8.self)))
            } else {
                try read(context.absolute(file), into: &found)
            }
            // A file without one proves nothing, and would seem to.
            guard found.count > before else {
                throw CommandFailure(.inputMissing, "\(file == "-" ? "standard input" : file) holds no further head")
            }
        }
        return Array(found)
    }

    private static func read(_ path: String, into found: inout Set<AuditHead>) throws(CommandFailure) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(.inputMissing, "\(path) can't be read")
        }
        defer { try? handle.close() }
        var rest = Data()
        while true {
            let more: Data?
            do { more = try handle.read(upToCount: chunk) } catch {
                throw CommandFailure(.inputMissing, "\(path) can't be read: \(error)")
            }
            guard let more, !more.isEmpty else { break }
            rest += more
            // What follows the last line's end may be half of a head.
            let end =
                rest.lastIndex(of: UInt8(ascii: "\n")) ?? rest.index(rest.endIndex, offsetBy: -min(overlap, rest.count))
            found.formUnion(AuditHead.found(in: String(decoding: rest[..<end], as: UTF8.self)))
            rest = Data(rest[end...])
            guard found.count <= limit else {
                throw CommandFailure(.usage, "more than \(limit) heads; give the newest files alone")
            }
        }
        found.formUnion(AuditHead.found(in: String(decoding: rest, as: UTF8.self)))
    }
}

import Foundation
import Manifests

/// A `.env` file that is changed by one line and otherwise kept byte for byte.
struct EnvFile {
    /// Absolute.
    let path: String

    /// Writes the file anew beside its place, mode 0600, and moves it there: a reader sees the old one or the new one.
    func set(_ name: String, to value: String, replacing: Bool) throws(CommandFailure) {
        // A link stays a link; what it points at is replaced.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let text = try Project.readText(target) ?? ""
        let changed = try Self.text(text, file: path, setting: name, to: value, replacing: replacing)
        try Self.replace(target, with: changed)
    }

    /// Pure: the lines of `text` with `name` set once, at the place where it first stood, else at the end.
    static func text(
        _ text: String, file: String, setting name: String, to value: String, replacing: Bool
    ) throws(CommandFailure) -> String {
        let parsed: DotEnv
        do throws(ManifestFaults) {
            parsed = try DotEnv.parse(text, file: file)
        } catch {
            throw CommandFailure(error)
        }
        let old = parsed.entries.filter { $0.name == name }
        if !replacing, let entry = old.last(where: { !($0.value ?? "").isEmpty }) {
            throw CommandFailure(
                .configuration,
                "\(file):\(entry.line): \(name) already has a value, which was kept;"
                    + " --force replaces it, and every token signed with it stops being valid")
        }
        var lines = text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        let place = old.first.map { $0.line - 1 } ?? lines.count
        let exported = old.first.map { lines[$0.line - 1].drop { $0 == " " || $0 == "\t" }.hasPrefix("export ") }
        for entry in old.reversed() { lines.removeSubrange((entry.line - 1)..<entry.endLine) }
        lines.insert("\(exported == true ? "export " : "")\(name)=\(value)", at: place)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func replace(_ path: String, with text: String) throws(CommandFailure) {
        let part = "\(path).\(getpid()).part"
        // O_EXCL: a file that somebody put there beforehand, or a link, is not written through.
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create", part) }
        var written = false
        defer { if !written { unlink(part) } }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                close(descriptor)
                throw failure("write", part)
            }
            bytes = bytes.dropFirst(count)
        }
        // Both before the name changes, so that a power cut leaves the old file or the whole new one.
        let isDurable = fchmod(descriptor, 0o600) == 0 && fsync(descriptor) == 0
        close(descriptor)
        guard isDurable, rename(part, path) == 0 else { throw failure("replace", path) }
        written = true
    }

    private static func failure(_ step: String, _ path: String) -> CommandFailure {
        CommandFailure(.unavailable, "can't \(step) \(path): \(String(cString: strerror(errno)))")
    }
}

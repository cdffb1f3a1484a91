import Check
import Evidence
import Foundation

/// Makes the changes that findings propose, each file at once and whole.
struct FixWriter {
    let root: String
    let context: CommandContext

    /// - Returns: the findings that are left.
    func apply(_ findings: [Finding]) throws(CommandFailure) -> [Finding] {
        var edits: [String: [Fix.Edit]] = [:]
        for edit in findings.flatMap({ $0.fix?.edits ?? [] }) { edits[edit.file, default: []].append(edit) }
        var done: Set<Fix.Edit> = []
        for (file, edits) in edits.sorted(by: { $0.key < $1.key }) {
            let path = root + "/" + file
            guard let text = try Project.readText(path) else { continue }
            var lines = TextLines(text)
            // From the end, so that the lines before stay where they are; of two on one line the first counts.
            var touched: Set<Int> = []
            for edit in edits.sorted(by: { $0.line > $1.line }) where touched.insert(edit.line).inserted {
                if lines.apply(edit) { done.insert(edit) }
            }
            guard edits.contains(where: done.contains) else { continue }
            try CheckCommand.write(lines.text, to: path)
            context.say("mended \(file)")
        }
        return findings.filter { finding in
            guard let fix = finding.fix, !fix.edits.isEmpty else { return true }
            return !fix.edits.allSatisfy(done.contains)
        }
    }
}

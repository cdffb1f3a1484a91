@testable import Check

extension RuleFixture {
    typealias Files = [String: String]

    init(_ rule: RuleID, _ name: String, mended: Files, broken: Files, found: String...) {
        self.init(rule, name, broken: broken, mended: mended, finds: found)
    }
}

extension RuleFixture.Files {
    /// With the first occurrence of a text in one of the files replaced.
    func changing(_ file: String, _ old: String, to new: String) -> Self {
        var files = self
        files[file] = files[file]?.replacing(old, with: new, maxReplacements: 1)
        return files
    }

    /// With the text replaced wherever the file has it.
    func changingAll(_ file: String, _ old: String, to new: String) -> Self {
        var files = self
        files[file] = files[file]?.replacing(old, with: new)
        return files
    }

    /// With further files, or other texts for those that it has.
    func adding(_ more: Self) -> Self { merging(more) { _, new in new } }
}

/// A form that texts of a kind have: the rule that is enforced, and how the documents tell it.
package struct TextForm: Sendable {
    /// ECMA 262, anchored. It may take more than the rule, and never less.
    package let pattern: String?
    /// Of the OpenAPI format registry.
    package let format: String?
    /// What is wrong with a text, or nil.
    package let problem: @Sendable (String) -> String?

    package init(
        pattern: String? = nil, format: String? = nil, problem: @escaping @Sendable (String) -> String?
    ) {
        self.pattern = pattern
        self.format = format
        self.problem = problem
    }

    package static let email = TextForm(format: "email") { TextRule.emailProblem(in: $0) }
    package static let phone = TextForm(pattern: "^\\+?[0-9 .()/-]+$") { TextRule.phoneProblem(in: $0) }
    package static let slug = TextForm(pattern: "^[a-z0-9_-]+$") { TextRule.slugProblem(in: $0) }
    package static let identifier = TextForm(pattern: "^[A-Za-z0-9._-]+$") { text in
        TextRule.isIdentifier(text) ? nil : "is no identifier (1–128 of A–Z, a–z, 0–9, ., _ and -)"
    }
}

extension FieldReader {
    /// Checks a text that was read, and tells its form in the documents.
    package mutating func check(_ name: String, _ text: String?, _ form: TextForm) {
        note(name, form)
        check(name, text, form.problem)
    }
}

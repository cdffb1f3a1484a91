/// The files of a new module, after a model that this package builds and tests with all others: `Tests/GeneratedSample`,
/// one resource, seen with one permission and changed with another.
struct ModuleTemplate {
    static let folder = "Tests/GeneratedSample"
    private static let model = ModuleTemplate(name: "GeneratedSample", snake: "generated_sample")

    /// `WaterStore`
    let name: String
    /// `water_store`
    let snake: String

    var isModel: Bool { name == Self.model.name }

    /// `water-store`
    private var slug: String { snake.replacing("_", with: "-") }
    /// `Water store`
    private var title: String {
        let words = snake.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Where each file of the model is, and where the new module's goes; below the repository.
    var places: [(model: String, own: String)] {
        let source = "Services/Plant/Modules/\(name)"
        return ["Module", "Entry", "EntryDraft"].map { part in
            ("\(Self.folder)/Module/\(Self.model.name)\(part).swift", "\(source)/\(name)\(part).swift")
        } + [
            (
                "\(Self.folder)/Tests/\(Self.model.name)ModuleTests.swift",
                "Tests/\(name)Tests/\(name)ModuleTests.swift"
            )
        ]
    }

    /// The model's text with this module's names.
    func text(of model: String) -> String {
        let names = [
            (Self.model.name, name), (Self.model.snake, snake), (Self.model.slug, slug), (Self.model.title, title),
        ]
        return names.reduce(model) { $0.replacing($1.0, with: $1.1) }
    }
}

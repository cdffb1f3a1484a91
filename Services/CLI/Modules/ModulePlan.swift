/// What a new module needs written: its own files, and a line in each of three that are there. Pure, and whole: all is
/// made before any is written.
struct ModulePlan: Equatable {
    enum Fault: Error, Equatable, CustomStringConvertible {
        case badName(String)
        case exists(String)
        /// A file of `ModuleTemplate.folder` is not there.
        case noModel(String)
        /// No file of that name, or not the line where modules are listed.
        case notOurs(file: String, line: String)

        var description: String {
            switch self {
            case .badName(let name):
                "\"\(name)\" can't name a module: 2 to 40 letters and digits in camel case, e.g. Irrigation or WaterStore"
            case .exists(let path): "\(path) is there already; choose another name"
            case .noModel(let path):
                "\(path) is not there, which new modules are made after: run this in a clone of Lockstep, or name it with "
                    + "--directory"
            case .notOurs(let file, let line):
                "\(file) has no line beginning with \"\(line)\": run this in a clone of Lockstep, or name it with "
                    + "--directory"
            }
        }
    }

    /// Path below the repository, and content; the edited ones last, so that nothing names files that are not there.
    let files: [(path: String, text: String)]

    /// - Parameter read: a file's text by its path below the repository; nil where there is none.
    init(name: String, read: (String) -> String?) throws(Fault) {
        guard let snake = Self.snakeCase(name) else { throw .badName(name) }
        let template = ModuleTemplate(name: name, snake: snake)
        // The model is a target of the package already.
        guard !template.isModel else { throw .exists(ModuleTemplate.folder) }
        for place in template.places where read(place.own) != nil { throw .exists(place.own) }
        var made: [(String, String)] = []
        for place in template.places {
            guard let model = read(place.model) else { throw .noModel(place.model) }
            made.append((place.own, template.text(of: model)))
        }
        let edited = try [
            Self.edit("Package.swift", read, line: "let modules = [") { Self.inserting("\"\(name)\"", into: $0) },
            Self.edit(
                "Services/Plant/Main/PlantMain.swift", read,
                line: "    static let modules: [any PlantModule.Type] = [", importing: name
            ) { Self.inserting("\(name)Module.self", into: $0) },
            Self.edit("scripts/arrows.txt", read, line: "PlantMain ") { line in
                "\(Self.padded(name)) -> PlantKit\n\(line) \(name)"
            },
        ]
        files = made + edited
    }

    static func == (left: ModulePlan, right: ModulePlan) -> Bool {
        left.files.map(\.path) == right.files.map(\.path) && left.files.map(\.text) == right.files.map(\.text)
    }

    /// `WaterStore` → `water_store`; nil for what is no name in camel case.
    static func snakeCase(_ name: String) -> String? {
        guard 2...40 ~= name.utf8.count, let first = name.utf8.first, UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first
        else { return nil }
        var snake = ""
        for byte in name.utf8 {
            let character = Character(Unicode.Scalar(byte))
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if !snake.isEmpty { snake.append("_") }
                snake += character.lowercased()
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                snake.append(character)
            default:
                return nil
            }
        }
        return snake.utf8.count <= 40 ? snake : nil
    }

    private static func edit(
        _ path: String, _ read: (String) -> String?, line: String, importing module: String? = nil,
        _ change: (String) -> String
    ) throws(Fault) -> (String, String) {
        guard let text = read(path) else { throw .notOurs(file: path, line: line) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let index = lines.firstIndex(where: { $0.hasPrefix(line) }) else {
            throw .notOurs(file: path, line: line)
        }
        lines[index] = change(lines[index])
        if let module {
            let wanted = "import \(module)"
            let imports = lines.indices.filter { lines[$0].hasPrefix("import ") }
            let place = imports.first { lines[$0] > wanted } ?? (imports.last.map { $0 + 1 } ?? 0)
            lines.insert(wanted, at: place)
        }
        return (path, lines.joined(separator: "\n"))
    }

    /// Into the brackets at the end of a line, in the alphabet's order.
    private static func inserting(_ element: String, into line: String) -> String {
        guard let open = line.lastIndex(of: "["), let close = line.lastIndex(of: "]"), open < close else { return line }
        let present = line[line.index(after: open)..<close].split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let all = Set(present + [element]).sorted().joined(separator: ", ")
        return line[...open] + all + line[close...]
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(0, 11 - name.utf8.count))
    }
}

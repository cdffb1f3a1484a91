extension APISchema {
    /// Read from the type's own `init(from:)`, so that what is told is what the code does. Structures are named after
    /// their types. A type that can't be followed becomes `unknown`, which is a fault of the document.
    ///
    /// What is decoded if present is told as optional, and not as nullable: answers leave out what is nil.
    package static func of<T: Decodable>(_ type: T.Type) -> APISchema {
        do {
            return try SchemaReading().schema(of: type)
        } catch {
            return APISchema(.unknown(reason: "\(type): \(error)"))
        }
    }

    /// `Contracts.Page<Farms.Farm>` is `PageOfFarm`; a type in another has both names, where that one is not just what
    /// serves it: `RoleOperations.Entry` is `RoleEntry`.
    static func name(of type: Any.Type) -> String {
        let reflected = String(reflecting: type)
        var paths: [[String]] = [[]]
        var word = ""
        var parentheses = 0
        // Contexts without a name, `(unknown context at $7f…)`, are left out.
        for character in reflected {
            switch character {
            case "(": parentheses += 1
            case ")": parentheses -= 1
            case _ where parentheses > 0: continue
            case ".", "<", ">", ",", " ":
                if !word.isEmpty { paths[paths.count - 1].append(word) }
                word = ""
                if character == "<" || character == "," { paths.append([]) }
            default: word.append(character)
            }
        }
        if !word.isEmpty { paths[paths.count - 1].append(word) }
        let names = paths.map { path in
            let own = path.count > 1 ? path.dropFirst() : path[...]
            return own.dropLast().map(stem).joined() + (own.last ?? "")
        }
        return ([names[0]] + (names.count > 1 ? [names.dropFirst().joined(separator: "And")] : []))
            .joined(separator: "Of")
    }

    private static func stem(_ name: String) -> String {
        for suffix in ["Operations", "Operation"] where name.hasSuffix(suffix) {
            return String(name.dropLast(suffix.count))
        }
        return name
    }
}

import Storage

/// Why a module is not taken as it is. Each says how to mend it.
package enum ManifestFault: Error, Sendable, Equatable, CustomStringConvertible {
    case badName(String)
    case nameTaken(String)
    case badVersion(String)
    case badText(field: String)
    case badPrefix(String)
    case prefixTaken(String, by: String)
    case badPermission(String)
    case permissionTaken(String)
    case badSetting(String)
    case protectedSetting(String, ManifestRules.Protection)
    case badRequirement(String)
    case unmet(requirement: String, found: String?)
    case circular([String])
    case foreignTable(migration: String, name: String)

    package var description: String {
        switch self {
        case .badName(let name):
            "module_name \"\(name)\" must be a to z, 0 to 9 and _, begin with a letter, have 2 to 40 characters, and not "
                + "be core"
        case .nameTaken(let name): "another module is called \(name)"
        case .badVersion(let version): "version \"\(version)\" is no MAJOR.MINOR.PATCH"
        case .badText(let field): "\(field) must have 1 to 400 characters without control characters"
        case .badPrefix(let prefix):
            "route_prefix \"\(prefix)\" must be /api/v1/ and one segment of a to z, 0 to 9, - and _"
        case .prefixTaken(let prefix, let owner): "route_prefix \(prefix) belongs to \(owner)"
        case .badPermission(let name):
            "permission \"\(name)\" must be a to z, 0 to 9, _ and at least one dot, e.g. farm.view"
        case .permissionTaken(let name): "permission \(name) is declared by another module or twice"
        case .badSetting(let name): "setting \"\(name)\" must be A to Z, 0 to 9 and _, declared once"
        case .protectedSetting(let name, let protection):
            "the manifest declares \(name): \(protection.reason)"
        case .badRequirement(let text): "dependency \"\(text)\" is no requirement like core >= 0.1.0"
        case .unmet(let requirement, let found):
            "needs \(requirement), and \(found.map { "this is \($0)" } ?? "there is no such module that serves")"
        case .circular(let names): "depends on itself: \(names.joined(separator: " -> "))"
        case .foreignTable(let migration, let name):
            "migration \(migration) makes \(name), which is outside of the module's namespace"
        }
    }
}

/// What a manifest may say.
package enum ManifestRules {
    /// Settings that are the core's alone (DESIGN §9), and why.
    package enum Protection: Sendable, Equatable, CaseIterable {
        case signing, credentials, database, origins, identity

        var reason: String {
            switch self {
            case .signing:
                "keys and tokens are the core's; a second place that can set one is how services drift apart. A handler "
                    + "gets a verified Identity and needs no key"
            case .credentials:
                "secrets do not come by a module's settings, which are shown at /api/v1/modules"
            case .database: "the database is the core's; a module gets its own tables in it, and transactions"
            case .origins: "CORS is the core's, the same for all modules"
            case .identity: "environment and internal trust are the core's"
            }
        }

        /// Words of which one stands in such a name. Names are split at `_`.
        var words: [[String]] {
            switch self {
            case .signing:
                [["JWT"], ["SIGNING"], ["SECRET", "KEY"], ["PRIVATE", "KEY"], ["JWKS"], ["ISSUER"], ["AUDIENCE"]]
            case .credentials:
                [
                    ["SECRET"], ["PASSWORD"], ["PASSWD"], ["TOKEN"], ["CREDENTIAL"], ["CREDENTIALS"], ["API", "KEY"],
                    ["APIKEY"],
                ]
            case .database: [["DATABASE"], ["DB"], ["DSN"], ["SQLITE"], ["POSTGRES"], ["POSTGRESQL"]]
            case .origins: [["CORS"], ["ORIGIN"], ["ORIGINS"]]
            case .identity: [["ENVIRONMENT"], ["TRUSTED"], ["LOCKSTEP"], ["AUTH"], ["AUTHENTICATION"]]
            }
        }
    }

    package static func protection(of setting: String) -> Protection? {
        let words = setting.uppercased().split(separator: "_").map(String.init)
        return Protection.allCases.first { protection in
            protection.words.contains { wanted in
                words.indices.contains { words[$0...].starts(with: wanted) }
            }
        }
    }

    package static func isName(_ text: some StringProtocol) -> Bool {
        2...40 ~= text.utf8.count
            && text.utf8.enumerated().allSatisfy { index, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): index > 0
                default: false
                }
            }
    }

    /// Everything that can be told from the manifest alone.
    static func check(_ manifest: ModuleManifest) throws(ManifestFault) {
        guard isName(manifest.moduleName), manifest.moduleName != ModuleRequirement.core else {
            throw .badName(manifest.moduleName)
        }
        guard SemanticVersion(manifest.version) != nil else { throw .badVersion(manifest.version) }
        for (field, text) in [("display_name", manifest.displayName), ("description", manifest.description)]
        where TextRule.problem(in: text, length: 1...400, multiline: false) != nil { throw .badText(field: field) }
        let segment = manifest.routePrefix.split(separator: "/", omittingEmptySubsequences: false)
        guard segment.count == 4, segment[0].isEmpty, segment[1] == "api", segment[2] == "v1", !segment[3].isEmpty,
            TextRule.slugProblem(in: String(segment[3])) == nil
        else { throw .badPrefix(manifest.routePrefix) }
        try checkSettings(manifest)
        for permission in manifest.permissions {
            let parts = permission.name.split(separator: ".", omittingEmptySubsequences: false)
            let isPlain = permission.name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
            guard isPlain, parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }), permission.name.utf8.count <= 64 else {
                throw .badPermission(permission.name)
            }
        }
        for text in manifest.dependencies where ModuleRequirement(text) == nil { throw .badRequirement(text) }
    }

    private static func checkSettings(_ manifest: ModuleManifest) throws(ManifestFault) {
        var seen: Set<String> = []
        for setting in manifest.settings {
            if let protection = protection(of: setting.name) { throw .protectedSetting(setting.name, protection) }
            let isPlain = setting.name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard isPlain, 1...40 ~= setting.name.utf8.count, seen.insert(setting.name).inserted else {
                throw .badSetting(setting.name)
            }
        }
    }

    /// Names that statements make, outside of `<module>_`. A look at the words, no parser: it finds mistakes before they
    /// are in a database; a module is code of this build and is reviewed as such.
    static func checkTables(_ migrations: [Migration], of module: String) throws(ManifestFault) {
        for migration in migrations {
            for statement in migration.statements {
                let words = statement.split { " \n\t(,;".contains($0) }.map { $0.lowercased() }
                for (index, word) in words.enumerated() where ["table", "index", "view"].contains(word) {
                    guard index > 0, ["create", "unique"].contains(words[index - 1]) else { continue }
                    let name = words[(index + 1)...].first { !["if", "not", "exists"].contains($0) } ?? ""
                    guard name.hasPrefix("\(module)_") else {
                        throw .foreignTable(migration: migration.id, name: name)
                    }
                }
            }
        }
    }
}

import Evidence

/// Settings that code looks up by a dotted name, joined with the settings files that say where each comes from: a
/// variable of the setting's own name overrides the file, and the file names a variable or a text.
enum SettingsLinks {
    /// What a read that looks up a setting is told with: `@Value jwt.secret`.
    static func loader(_ loader: String, _ setting: String) -> String { loader + " " + setting }

    private static func setting(of read: SecretRead) -> String? {
        read.loader.split(separator: " ").last.map(String.init)
    }

    /// The same facts, each looked-up setting with what the settings files of its program give it.
    static func linked(_ facts: [SourceFacts]) -> [SourceFacts] {
        var settings: [String: [(file: String, read: SecretRead)]] = [:]
        for file in facts where file.language == .settings {
            for read in file.reads where !read.bound.isEmpty {
                settings[canonical(read.bound), default: []].append((file.file, read))
            }
        }
        return facts.map { file in
            guard file.language != .settings, file.reads.contains(where: { $0.loader.contains(" ") }) else {
                return file
            }
            return linked(file, with: settings)
        }
    }

    private static func linked(
        _ file: SourceFacts, with settings: [String: [(file: String, read: SecretRead)]]
    ) -> SourceFacts {
        var result = file
        var replaced: [SourcePosition: KeyExpression] = [:]
        result.reads = file.reads.map { read in
            guard read.loader.contains(" "), let setting = setting(of: read),
                setting.contains(where: { ".:".contains($0) })
            else { return read }
            let found = served(settings[canonical(setting)] ?? [], to: file.file)
            guard
                let expression = joined(read.expression, with: nearest(found, to: file.file))
                    ?? open(read.expression, setting: setting, at: read.position)
            else { return read }
            replaced[read.position] = expression
            return SecretRead(expression, bound: read.bound, loader: read.loader, at: read.position)
        }
        result.uses = file.uses.map { use in
            guard let first = use.key?.alternatives.first, let expression = replaced[first.position] else { return use }
            return TokenUse(
                use.action, call: use.call, key: expression, keyName: use.keyName, algorithms: use.algorithms,
                issuer: use.issuer, audience: use.audience, at: use.position)
        }
        return result
    }

    /// A setting that no file of the tree gives, and that has no default: it may come from a file or server elsewhere, so
    /// that a variable that is not set proves nothing.
    private static func open(_ code: KeyExpression, setting: String, at position: SourcePosition) -> KeyExpression? {
        let ends = code.alternatives.contains { alternative in
            if case .variable = alternative { false } else { true }
        }
        return ends ? nil : KeyExpression(code.alternatives + [.loader(setting, position)], isRequired: code.isRequired)
    }

    /// `jwt.secret-key`, `jwt.secretKey` and `Jwt:SecretKey` are one setting.
    private static func canonical(_ name: String) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" }.map { $0 == ":" ? "." : String($0) }.joined()
    }

    /// Without what a configuration server has for other programs, and alone what it has for this one.
    private static func served(
        _ found: [(file: String, read: SecretRead)], to file: String
    ) -> [(file: String, read: SecretRead)] {
        guard found.contains(where: { ConfigurationServer.holds($0.file) }) else { return found }
        let folders = Set(file.split(separator: "/").map(String.init))
        let own = found.filter {
            ConfigurationServer.holds($0.file) && ConfigurationServer.isFor($0.file, folders) == true
        }
        if !own.isEmpty { return own }
        return found.filter {
            !ConfigurationServer.holds($0.file) || ConfigurationServer.isFor($0.file, folders) == nil
        }
    }

    /// The files that share most of their path with the code: those of its own program.
    private static func nearest(
        _ found: [(file: String, read: SecretRead)], to file: String
    ) -> [(file: String, read: SecretRead)] {
        let own = file.split(separator: "/")
        let shared = found.map { zip(own, $0.file.split(separator: "/")).prefix { $0 == $1 }.count }
        let most = shared.max() ?? 0
        return zip(found, shared).filter { $0.1 == most }.map(\.0)
    }

    private static func joined(
        _ code: KeyExpression, with files: [(file: String, read: SecretRead)]
    ) -> KeyExpression? {
        guard !files.isEmpty else { return nil }
        func isText(_ alternative: KeyExpression.Alternative) -> Bool {
            if case .literal = alternative { true } else { false }
        }
        // Of a library that several programs give their settings: none of their texts is its own.
        let isShared = Set(files.map { SourceTree.folder(of: $0.file) }).count > 1
        var list = code.alternatives.filter { !isText($0) }
        var texts: [KeyExpression.Alternative] = []
        // A text in the file of one profile says nothing of the others.
        let sorted = files.sorted { isForAll($0.file) && !isForAll($1.file) }
        for (file, read) in sorted {
            for alternative in read.expression.alternatives {
                if isText(alternative) {
                    if isShared { continue }
                    if isForAll(file) || files.count == 1 { texts.append(alternative) }
                } else if !list.contains(where: { isSameVariable($0, alternative) }) {
                    list.append(alternative)
                }
            }
        }
        if isShared, let place = code.alternatives.first?.position {
            return KeyExpression(list + [.loader(KeyExpression.programSettings, place)])
        }
        // Where a file gives the setting, the code's own default never serves.
        if texts.isEmpty, !files.contains(where: { isForAll($0.file) }) { texts = code.alternatives.filter(isText) }
        return KeyExpression(list + texts, isRequired: texts.isEmpty)
    }

    private static func isSameVariable(_ a: KeyExpression.Alternative, _ b: KeyExpression.Alternative) -> Bool {
        guard case .variable(let first, _, _) = a, case .variable(let second, _, _) = b else { return false }
        return first == second
    }

    /// `application.yml`, and not `application-prod.yml` or `appsettings.Production.json`.
    private static func isForAll(_ file: String) -> Bool {
        let name = SourceTree.name(of: file)
        let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
        // A program's own name may have words too.
        if !stem.hasPrefix("application"), ConfigurationServer.holds(file) { return true }
        return !stem.contains("-") && !stem.contains(".")
    }
}

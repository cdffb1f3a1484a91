import Evidence

/// Follows a script as far as its words tell: what variables it sets, which files of variables it writes, and which
/// commands that deploy something it calls. Nothing runs; what depends on the moment is left open.
struct ShellRun {
    /// Loops over a list of services are followed for so many of them.
    private static let loopLimit = 16
    private static let depthLimit = 6
    /// Bytes of one variable.
    private static let valueLimit = 1 << 16

    var variables: ShellVariables
    /// The folder, relative to the tree; nil once it is one outside.
    var folder: String?
    var files: ShellFiles
    var site: DeliverySite
    private(set) var found = ManifestReading()
    private var conditions = 0
    private let depth: Int
    /// Loops in loops multiply.
    private let budget: ReadingBudget

    init(
        variables: ShellVariables, folder: String?, files: ShellFiles, site: DeliverySite, depth: Int = 0,
        budget: ReadingBudget = ReadingBudget(20_000)
    ) {
        self.variables = variables
        self.folder = folder
        self.files = files
        self.site = site
        self.depth = depth
        self.budget = budget
    }

    mutating func run(_ text: EmbeddedText, mode: ShellReader.Mode = .script) {
        let script = ShellReader.read(text, mode: mode)
        if let place = script.breakOff {
            found.unread.append(
                UnreadFile(place, "a quote or brace of this script is never closed; what follows it is not read"))
        }
        run(script.pipelines[...])
    }

    private mutating func run(_ pipelines: ArraySlice<ShellPipeline>) {
        var index = pipelines.startIndex
        while index < pipelines.endIndex, budget.take() {
            let pipeline = pipelines[index]
            if let first = pipeline.commands.first, first.keywords.contains("for") {
                let end = Self.end(of: index, in: pipelines)
                loop(first, pipelines[(index + 1)..<end])
                index = end
                continue
            }
            perform(pipeline)
            index += 1
        }
    }

    /// Where the `done` of the loop that begins at `start` stands.
    private static func end(of start: Int, in pipelines: ArraySlice<ShellPipeline>) -> Int {
        var depth = 0
        for index in start..<pipelines.endIndex {
            for command in pipelines[index].commands {
                depth += command.keywords.filter { $0 == "for" || $0 == "while" || $0 == "until" }.count
                depth -= command.keywords.filter { $0 == "done" }.count
            }
            if depth <= 0 { return index }
        }
        return pipelines.endIndex
    }

    /// `for NAME in a b c`
    private mutating func loop(_ header: ShellCommand, _ body: ArraySlice<ShellPipeline>) {
        let words = header.words
        guard let name = words.first?.literal, words.count > 2, words[1].literal == "in" else {
            return run(body)
        }
        var values: [BoundValue] = []
        for word in words.dropFirst(2) {
            let text = variables.text(word)
            // An unquoted list in a variable falls into words.
            if !word.isQuoted, let list = text.text {
                values += list.split(whereSeparator: \.isWhitespace).map { .literal(String($0)) }
            } else {
                values.append(text.bound)
            }
        }
        if values.count > Self.loopLimit { values = [.opaque("$\(name)")] }
        for value in values {
            variables.values[name] = ShellVariable(value: value, position: header.position, isExported: false)
            run(body)
        }
    }

    private mutating func perform(_ pipeline: ShellPipeline) {
        for command in pipeline.commands {
            for keyword in command.keywords {
                if keyword == "if" || keyword == "case" || keyword == "while" || keyword == "until" { conditions += 1 }
                if keyword == "fi" || keyword == "esac" || keyword == "done" { conditions = max(0, conditions - 1) }
            }
        }
        for index in pipeline.commands.indices { perform(pipeline.commands[index], at: index, of: pipeline) }
    }

    private mutating func perform(_ command: ShellCommand, at index: Int, of pipeline: ShellPipeline) {
        let words = command.words.map(variables.text)
        let settings = command.settings.map { setting in
            (
                setting,
                ShellVariable(
                    value: variables.text(setting.value).bound, position: setting.position,
                    isExported: variables.values[setting.name]?.isExported ?? false)
            )
        }
        guard let program = words.first.map({ SourceTree.name(of: $0.outline) }) else {
            for (setting, variable) in settings { set(setting.name, variable) }
            return
        }
        var call = ShellCall(
            program: program, words: Array(words.dropFirst()), command: command,
            earlier: Array(pipeline.commands[..<index]), later: Array(pipeline.commands[(index + 1)...]),
            variables: variables, folder: folder, files: files)
        // `NAME=value command` is for that command alone.
        for (setting, variable) in settings {
            call.variables.values[setting.name] = ShellVariable(
                value: variable.value, position: variable.position, isExported: true)
        }
        if program == "env" { call.takeSettings() }
        switch call.program {
        case "export", "declare", "readonly", "local", "typeset": declare(command, export: program == "export")
        case "set" where call.words.contains(where: { $0.text == "-a" || $0.text == "allexport" }): exportsAll = true
        case "cd", "pushd": enter(call.words.first { !$0.hasPrefix("-") })
        case "source", ".": source(call.words.first)
        case "cp", "mv", "scp", "rsync", "install": copy(call)
        case "echo", "printf", "cat", "tee": write(call)
        case "ssh": inner(call)
        case "bash", "sh": if call.words.contains(where: { $0.text == "-c" }) { inner(call) } else { inner(call) }
        default:
            note(call)
            for tool in DeployTools.all {
                if let handled = tool.delivery(of: call, at: site) { add(handled) }
            }
        }
    }

    private var exportsAll = false

    private mutating func set(_ name: String, _ variable: ShellVariable) {
        var variable = variable
        if exportsAll { variable.isExported = true }
        // Which branch ran is not known.
        if conditions > 0, variables.values[name]?.value != variable.value { variable.value = .opaque("$\(name)") }
        // A script that doubles a value line by line would fill the memory.
        let size = variable.value.pieces.reduce(0) { size, piece in
            if case .text(let text) = piece { size + text.utf8.count } else { size + 64 }
        }
        if size > Self.valueLimit { variable.value = .opaque("$\(name)") }
        variables.values[name] = variable
    }

    private mutating func declare(_ command: ShellCommand, export: Bool) {
        for word in command.words.dropFirst() {
            if let setting = ShellReader.setting(word) {
                set(
                    setting.name,
                    ShellVariable(
                        value: variables.text(setting.value).bound, position: setting.position, isExported: export))
            } else if let name = word.literal, export {
                variables.values[name]?.isExported = true
            }
        }
    }

    private mutating func enter(_ target: MarkedText?) {
        guard let path = target?.text, let here = folder else { return folder = nil }
        folder = SourceTree.resolve(path, in: here)
    }

    private mutating func source(_ path: MarkedText?) {
        guard let path = path?.text, let file = SourceTree.resolve(path, in: folder ?? "") else { return }
        for entry in files.entries(file, in: site.tree) ?? [] {
            set(entry.name, ShellVariable(value: entry.value, position: entry.position, isExported: exportsAll))
        }
    }

    private mutating func copy(_ call: ShellCall) {
        let paths = call.words.filter { !$0.hasPrefix("-") }.compactMap(\.text)
        guard paths.count == 2, call.program == "cp" || call.program == "mv",
            let from = SourceTree.resolve(paths[0], in: folder ?? ""),
            let to = SourceTree.resolve(paths[1], in: folder ?? ""),
            let entries = files.entries(from, in: site.tree)
        else { return }
        files.put(entries, to: to, appending: false, at: call.command.position)
    }

    private mutating func write(_ call: ShellCall) {
        guard let written = call.written else { return }
        for line in written.lines { note(line) }
        if let variable = written.special {
            for line in written.lines {
                guard let (name, position, value) = line.trimmed.splitAssignment() else { continue }
                if variable == "GITHUB_ENV" {
                    files.exported[name] = ShellVariable(value: value.bound, position: position, isExported: true)
                } else {
                    files.outputs[name] = value.bound
                }
            }
            return
        }
        guard let path = written.path, let file = SourceTree.resolve(path, in: folder ?? "") ?? remote(path) else {
            return
        }
        files.write(written.lines, to: file, appending: written.appends, at: call.command.position)
    }

    /// A file outside the checkout: on the host that a script is sent to.
    private func remote(_ path: String) -> String? { path.hasPrefix("/") ? path : nil }

    /// `ssh host 'script'`, `ssh host << EOF`, `bash -c "script"`.
    private mutating func inner(_ call: ShellCall) {
        guard depth < Self.depthLimit else { return }
        var run = ShellRun(
            variables: variables, folder: call.program == "ssh" ? "" : folder, files: files, site: site,
            depth: depth + 1, budget: budget)
        if call.program == "ssh" { run.site.isElsewhere = true }
        if let heredoc = call.command.redirects.first(where: { $0.heredoc != nil }), let text = heredoc.heredoc {
            if heredoc.isLiteral, call.program == "ssh" { run.variables.values = [:] }
            run.run(text, mode: heredoc.isLiteral ? .script : .filledIn)
        } else if let script = call.innerScript {
            if script.isLiteral, call.program == "ssh" { run.variables.values = [:] }
            run.run(script.text, mode: script.isLiteral ? .script : .filledIn)
        } else {
            return
        }
        found.add(run.found)
        files = run.files
    }

    /// `NAME=value` words of any command, where the name speaks of a secret and the value stands there.
    private mutating func note(_ call: ShellCall) {
        for (name, variable) in call.ownSettings where DeliverySite.showsSecret(name, variable.value) {
            found.loose.append(LooseBinding(name, variable.value, in: .workflow, at: variable.position))
        }
    }

    private mutating func note(_ line: MarkedText) {
        guard let (name, position, value) = line.trimmed.splitAssignment() else { return }
        let bound = value.trimmed.unquoted.bound
        let word = name.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? name
        if DeliverySite.showsSecret(word, bound) {
            found.loose.append(LooseBinding(word, bound, in: .workflow, at: position))
        }
    }

    private mutating func add(_ handled: DeployFinding) {
        found.loose += handled.loose
        if let delivery = handled.delivery {
            // What the job itself wrote there says which variables the host has.
            let isOpen = site.isElsewhere && handled.usedFiles.isEmpty && !handled.isWhole
            found.deliveries.append(
                isOpen ? delivery.with(Gap("the host may have variables of its own", at: delivery.position)) : delivery)
            for assignment in delivery.assignments
                + delivery.stored.map({
                    Assignment($0.place.name, $0.value, at: $0.position, origin: .workflow)
                }) where handled.ownNames.contains(assignment.name)
            {
                if DeliverySite.showsSecret(assignment.name, assignment.value) {
                    found.loose.append(
                        LooseBinding(assignment.name, assignment.value, in: .workflow, at: assignment.position))
                }
            }
        }
        for path in handled.usedFiles { files.markUsed(path) }
    }
}

extension Delivery {
    fileprivate func with(_ gap: Gap) -> Delivery {
        Delivery(
            name, at: position, environment: environment, target: target, services: services, manifests: manifests,
            assignments: assignments, stored: stored, gaps: gaps + [gap])
    }
}

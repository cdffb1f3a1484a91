import Evidence

/// The variables of a Dockerfile: what `ARG` and `ENV` say, stage by stage.
struct Dockerfile {
    struct Setting {
        enum Kind { case argument, variable }

        let kind: Kind
        let name: String
        /// In the syntax of `Interpolation`; nil for an `ARG` without a value.
        let template: String?
        let position: SourcePosition
    }

    struct Stage {
        /// `FROM … AS name`, in lower case as Docker compares it.
        let name: String?
        /// What it stands on: an image, or an earlier stage.
        let base: String
        var settings: [Setting] = []
    }

    /// `ARG` before the first `FROM`: seen by `FROM` lines, and by stages that declare the name again.
    var globals: [Setting] = []
    var stages: [Stage] = []
    var unread: [UnreadFile] = []
}

/// What the settings of a Dockerfile come to when it is built.
struct DockerfileEvaluation {
    private struct State {
        var variables: [String: Assignment] = [:]
        var order: [String] = []
        var arguments: [String: BoundValue] = [:]
    }

    private let dockerfile: Dockerfile
    private let given: [String: BoundValue]
    private let unset: (String) -> BoundValue
    private var globals: [String: BoundValue] = [:]
    private var states: [State] = []
    /// Each setting of the file with its value.
    private(set) var settings: [(setting: Dockerfile.Setting, value: BoundValue)] = []

    /// - Parameters:
    ///   - arguments: what the build is given (`build.args`, `--build-arg`).
    ///   - unset: the value of an `ARG` that has no default and is not given.
    init(_ dockerfile: Dockerfile, arguments: [String: BoundValue], unset: @escaping (String) -> BoundValue) {
        self.dockerfile = dockerfile
        given = arguments
        self.unset = unset
        var top = State()
        for setting in dockerfile.globals {
            let value = arguments[setting.name] ?? setting.template.map { bind($0, in: top) } ?? unset(setting.name)
            top.arguments[setting.name] = value
            settings.append((setting, value))
        }
        globals = top.arguments
        for index in dockerfile.stages.indices { states.append(evaluate(index)) }
    }

    /// `ENV` at the end of a stage: of the named one, or of the last, which is what is built.
    func environment(of target: String?) -> [Assignment] {
        let index = target.flatMap { self.index(of: $0, before: states.count) } ?? states.count - 1
        guard states.indices.contains(index) else { return [] }
        return states[index].order.compactMap { states[index].variables[$0] }
    }

    private func index(of stage: String, before end: Int) -> Int? {
        let name = stage.lowercased()
        return dockerfile.stages[..<end].lastIndex { $0.name == name }
            ?? Int(stage).flatMap { (0..<end).contains($0) ? $0 : nil }
    }

    private mutating func evaluate(_ index: Int) -> State {
        let stage = dockerfile.stages[index]
        var state = self.index(of: stage.base, before: index).map { states[$0] } ?? State()
        for setting in stage.settings {
            let value: BoundValue
            switch setting.kind {
            case .argument:
                value =
                    given[setting.name] ?? setting.template.map { bind($0, in: state) } ?? globals[setting.name]
                    ?? unset(setting.name)
                state.arguments[setting.name] = value
            case .variable:
                value = bind(setting.template ?? "", in: state)
                if state.variables[setting.name] == nil { state.order.append(setting.name) }
                state.variables[setting.name] = Assignment(setting.name, value, at: setting.position, origin: .image)
            }
            settings.append((setting, value))
        }
        return state
    }

    /// `ENV` wins over `ARG`; a name that is neither may be the base image's, which no file shows.
    private func bind(_ template: String, in state: State) -> BoundValue {
        do throws(Interpolation.Fault) {
            return try Interpolation.bind(template) { name in
                state.variables[name]?.value ?? state.arguments[name] ?? .opaque("$\(name)")
            }
        } catch {
            return .opaque("an expansion of Docker's own")
        }
    }
}

import Evidence

/// A signing secret that a program's settings give, for code that stands in a library beside it: a shared
/// `AddJwtAuthentication`, a common `JwtUtil` that each service fills from its own `application.yml`.
struct SharedKey: Sendable {
    let expression: KeyExpression
    /// What the library does with it.
    let uses: [TokenUse]
    /// Relative to the tree.
    let library: String

    /// The same programs, those without a token use of their own with what libraries do for them.
    static func found(in all: Components) -> [Component] {
        let components = all.all
        guard components.contains(where: { $0.uses.isEmpty && !settings(of: $0).isEmpty }) else { return components }
        var libraries: [String: (component: Component, uses: [TokenUse])] = [:]
        for component in components where !component.uses.isEmpty {
            let keys = CodeKeys(component: component, components: all)
            for use in component.uses {
                guard let expression = keys.expression(of: use), expression.isOfEachProgram else { continue }
                for name in Set(expression.variables.map(CodeKeys.letters)) {
                    guard libraries[name]?.component.directory ?? component.directory == component.directory else {
                        continue
                    }
                    libraries[name, default: (component, [])].uses.append(use)
                }
            }
        }
        return components.map { component in
            guard component.uses.isEmpty, !libraries.isEmpty else { return component }
            var component = component
            component.shared = settings(of: component).compactMap { read in
                let names = [read.bound] + read.expression.variables
                guard let library = names.lazy.compactMap({ libraries[CodeKeys.letters(of: $0)] }).first else {
                    return nil
                }
                return SharedKey(
                    expression: read.expression, uses: library.uses, library: library.component.directory)
            }
            return component
        }
    }

    private static func settings(of component: Component) -> [SecretRead] {
        component.facts.filter { $0.language == .settings }.flatMap(\.reads)
    }

    /// Who has a library that signs and verifies may do one of the two.
    var signs: Bool? { uses.contains { $0.action == .verify } ? (doesBoth ? nil : false) : true }
    var verifies: Bool? { uses.contains { $0.action == .sign } ? (doesBoth ? nil : false) : true }

    private var doesBoth: Bool { Set(uses.map(\.action)).count > 1 }
}

extension KeyExpression {
    /// Whether a library takes it from the settings of whatever program it is in.
    var isOfEachProgram: Bool {
        alternatives.contains { if case .loader(Self.programSettings, _) = $0 { true } else { false } }
    }
}

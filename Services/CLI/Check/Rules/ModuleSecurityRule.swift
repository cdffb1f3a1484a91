import Evidence

/// `LS203`: a module of the plant declares a setting that belongs to the core.
enum ModuleSecurityRule: Rule {
    static let id = RuleID.moduleDeclaresSecurity

    static func findings(in proof: Proof) -> [Finding] {
        proof.facts.flatMap(\.declaredSettings).map { setting in
            Finding(
                id, .error,
                """
                the module \(setting.module) declares \(setting.name), which is the core's: with a value of its own it \
                refuses every token of the core with 401. Take the identity that the core hands over instead
                """, services: [setting.module], at: [setting.position])
        }
    }
}

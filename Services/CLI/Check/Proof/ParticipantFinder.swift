import Evidence
import Secrets

/// Finds who takes part in a stack: by declaration, by code, by what is given.
struct ParticipantFinder {
    let components: Components
    let declarations: Declarations
    let ownFiles: OwnEnvironmentFiles
    /// Services that hold a signing secret in some stack, by their normal names: which families, and where.
    var twins: [String: [KeyFamily: SourcePosition]] = [:]

    func participants(of stack: Stack, environment: StackEnvironment?) -> [Participant] {
        stack.workloads.compactMap { participant($0, in: stack, environment: environment) }
    }

    private func participant(
        _ workload: Workload, in stack: Stack, environment: StackEnvironment?
    ) -> Participant? {
        let resolver = WorkloadResolver(workload: workload, environment: environment?.environment)
        if declarations.isExhaustive, workload.issues?.isEmpty != false, workload.verifies?.isEmpty != false {
            return nil
        }
        let component = components.component(of: workload, in: stack)
        let isForeign = PublicImages.isForeign(workload)
        if workload.isLockstepService {
            let use = KeyUse(
                family: .access, outcome: resolver.resolveOwn(), signs: workload.issues.map { !$0.isEmpty },
                verifies: workload.verifies.map { !$0.isEmpty }, algorithms: Self.algorithms(of: workload), issuer: nil,
                audience: workload["JWT_AUDIENCE"]?.value.literal, codePosition: nil, names: [SecretNames.primary])
            return Participant(
                workload: workload, component: nil, isOwn: true, reason: .declared,
                evidence: "it is one of Lockstep's services", uses: [use], isForeign: false)
        }
        if let component, component.takesPart {
            var uses = codeUses(CodeKeys(component: component, components: components), resolver)
            if stack.target == .compose { uses = uses.map { open($0, workload, component) } }
            let isGiven = uses.contains { $0.outcome.key?.isDefault == false }
            if !uses.isEmpty, isGiven || !SideProcess.isOne(workload) {
                return Participant(
                    workload: workload, component: component, isOwn: false, reason: .code,
                    evidence: Self.evidence(of: component),
                    uses: uses, isForeign: false)
            }
        }
        return byWhatIsGiven(workload, resolver, in: stack, component: component, isForeign: isForeign)
    }

    // MARK: by code

    private func codeUses(_ code: CodeKeys, _ resolver: WorkloadResolver) -> [KeyUse] {
        let uses = code.keys.compactMap { key -> KeyUse? in
            guard let first = key.uses.first else { return nil }
            let names = key.expression?.knownVariables ?? []
            let outcome =
                key.expression.map(resolver.resolve) ?? .undetermined("the key at \(first.position) can't be followed")
            return KeyUse(
                family: names.first.map { KeyFamily(variable: $0) } ?? .access, outcome: outcome,
                signs: key.signs, verifies: key.verifies,
                algorithms: Array(Set(key.uses.flatMap(\.algorithms))).sorted(),
                issuer: key.uses.lazy.compactMap(\.issuer).first, audience: key.uses.lazy.compactMap(\.audience).first,
                codePosition: key.expression?.alternatives.first?.position ?? first.position, names: names,
                calls: key.uses)
        }
        // One key that is read in several places is one.
        return uses.reduce(into: []) { merged, use in
            for index in merged.indices {
                guard let both = merged[index].merged(with: use) else { continue }
                merged[index] = both
                return
            }
            merged.append(use)
        }
    }

    /// A key that the manifest does not give, and that a file of the program's own may.
    private func open(_ use: KeyUse, _ workload: Workload, _ component: Component) -> KeyUse {
        switch use.outcome {
        case .missing: break
        case .key(let key): guard key.isDefault else { return use }
        case .open, .undetermined, .asymmetric, .refused: return use
        }
        guard let file = ownFiles.file(giving: use.names, to: workload, of: component) else { return use }
        return use.left(open: "\(file) is beside its code, which may read it")
    }

    private static func evidence(of component: Component) -> String {
        let directory = component.directory.isEmpty ? "this tree" : component.directory
        if let shared = component.shared.first {
            return "its settings in \(directory) are for the shared code in \(shared.library)"
        }
        return "its code in \(directory) does"
    }

    // MARK: by what is given

    private func byWhatIsGiven(
        _ workload: Workload, _ resolver: WorkloadResolver, in stack: Stack, component: Component?, isForeign: Bool
    ) -> Participant? {
        var uses: [KeyUse] = []
        for name in declarations.variable(of: workload).map({ [$0] }) ?? Self.givenNames(workload) {
            let family = KeyFamily(variable: name)
            guard !uses.contains(where: { $0.family == family }), let key = resolver.given(name) else { continue }
            // Empty is as good as absent: the twin or the declaration says whether it is missed.
            if key.value.isEmpty { continue }
            uses.append(
                KeyUse(
                    family: family, outcome: .key(key),
                    signs: workload.issues.map { !$0.isEmpty } ?? KnownImages.role(of: workload)?.signs,
                    verifies: workload.verifies.map { !$0.isEmpty } ?? KnownImages.role(of: workload)?.verifies,
                    algorithms: Self.algorithms(of: workload), issuer: nil,
                    audience: nil, codePosition: nil, names: [name]))
        }
        let isDeclared = workload.issues?.isEmpty == false || workload.verifies?.isEmpty == false
        if !uses.isEmpty, isDeclared || KnownImages.need(of: workload, in: stack) == nil {
            return Participant(
                workload: workload, component: component, isOwn: false, reason: isDeclared ? .declared : .given,
                evidence: isDeclared ? "the declaration says so" : "it is given \(uses[0].names[0])", uses: uses,
                isForeign: isForeign)
        }
        return byEvidence(workload, in: stack, component: component, isDeclared: isDeclared, isForeign: isForeign)
    }

    /// One that is given nothing, and yet takes part.
    private func byEvidence(
        _ workload: Workload, in stack: Stack, component: Component?, isDeclared: Bool, isForeign: Bool
    ) -> Participant? {
        func missing(_ reason: Participant.Reason, _ evidence: String, _ families: [KeyFamily]) -> Participant {
            let outcome: KeyOutcome =
                workload.gaps.first.map { .undetermined($0.reason) } ?? .missing(names: [SecretNames.primary])
            return Participant(
                workload: workload, component: component, isOwn: false, reason: reason, evidence: evidence,
                uses: families.map {
                    KeyUse(
                        family: $0, outcome: outcome,
                        signs: workload.issues.map { !$0.isEmpty } ?? KnownImages.role(of: workload)?.signs,
                        verifies: workload.verifies.map { !$0.isEmpty } ?? KnownImages.role(of: workload)?.verifies,
                        algorithms: [], issuer: nil, audience: nil,
                        codePosition: nil, names: [])
                }, isForeign: isForeign)
        }
        if let wanted = workload.dangling.first(where: { SigningSecretName.isSigning($0.name) }) {
            return Participant(
                workload: workload, component: component, isOwn: false, reason: .given,
                evidence: "it asks for \(wanted.name)",
                uses: [
                    KeyUse(
                        family: KeyFamily(variable: wanted.name), outcome: .missing(names: [wanted.name]), signs: nil,
                        verifies: nil, algorithms: [], issuer: nil, audience: nil, codePosition: nil,
                        names: [wanted.name])
                ], isForeign: isForeign)
        }
        if workload.holdsPublicKeys { return nil }
        if isDeclared { return missing(.declared, "the declaration says so", [.access]) }
        if let need = KnownImages.need(of: workload, in: stack) { return missing(.twin, need, [.access]) }
        // Its settings bring a value along, whatever uses it.
        if let reads = component?.reads, reads.contains(where: { $0.expression.codeDefault != nil }) { return nil }
        guard !isForeign, !SideProcess.isOne(workload), let families = twins[ServiceName.normal(workload.name)],
            !families.isEmpty
        else { return nil }
        let place = families.values.min().map(\.description) ?? ""
        return missing(
            .twin, "\(workload.name) is given one at \(place)", families.keys.sorted { $0.name < $1.name })
    }

    /// Variables with a signing secret's name, in the order in which they would be read. Where two names of one family are
    /// given, `LS103` compares them.
    static func givenNames(_ workload: Workload) -> [String] {
        let names = workload.assignments.map(\.name).map { name in
            name.hasSuffix("_FILE") ? String(name.dropLast("_FILE".count)) : name
        }
        let signing = names.filter { SigningSecretName.isSigning($0) || isFromSigningPlace($0, workload) }
        let known = SecretNames.shared.filter(signing.contains)
        var seen: Set<String> = []
        return (known + signing).filter { seen.insert($0).inserted }
    }

    /// `SECRET_KEY` from a place that is called `jwt-secret`.
    private static func isFromSigningPlace(_ name: String, _ workload: Workload) -> Bool {
        guard SigningSecretName.purpose(of: name) == .ambiguous, let place = workload[name]?.value.reference else {
            return false
        }
        return place.name.split { "/#".contains($0) }.contains { SigningSecretName.isSigning(String($0)) }
    }

    static func algorithms(of workload: Workload) -> [String] {
        ["JWT_ALGORITHM", "ALGORITHM", "JWT_ALG"].compactMap { workload[$0]?.value.literal }.prefix(1).map(\.self)
    }
}

extension Workload {
    /// Names of an issuer's key set or of a public key: it verifies without a shared secret.
    var holdsPublicKeys: Bool {
        assignments.contains { assignment in
            let name = assignment.name.uppercased()
            return name.contains("JWKS") || name.contains("PUBLIC_KEY") || name.contains("OIDC_ISSUER")
                || name.contains("JWK_SET")
        }
    }

    var isLockstepService: Bool {
        if executable != nil { return true }
        guard let image, let name = image.split(separator: "/").last?.split(separator: ":").first else { return false }
        return image.contains("lockstep") && ["portal", "gateway", "plant"].contains(String(name))
    }
}

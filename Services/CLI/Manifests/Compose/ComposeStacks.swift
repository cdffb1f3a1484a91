import Evidence

/// The stacks of files that run together: the services without a profile, and for each profile these with its own.
struct ComposeStacks {
    let project: ComposeProject
    private(set) var stacks: [Stack] = []

    /// Profiles of one project that are told apart; more are made by a generator, not for a purpose each.
    private static let profileLimit = 24

    init(_ combination: ComposePlan.Combination, loader: ComposeLoader) {
        let folder = SourceTree.folder(of: combination.files[0])
        let places = [folder, combination.folder].compactMap(\.self).map { ComposeLoader.path(".env", in: $0) }
        let scope = loader.scope(of: combination.environmentFiles.isEmpty ? places : combination.environmentFiles)
        project = loader.project(combination.files, folder: folder, scope: scope)
        let builder = WorkloadBuilder(project, loader: loader)
        let services = project.services.map { ($0.draft.profiles, builder.workload($0.draft, scope: $0.scope)) }
        var profiles: [[String]] = []
        for profile in services.flatMap(\.0) where !profiles.contains([profile]) {
            if profiles.count < Self.profileLimit { profiles.append([profile]) }
        }
        profiles += combination.profiles.filter { !profiles.contains($0) }.sorted { $0.lexicographicallyPrecedes($1) }
        for chosen in [[]] + profiles {
            let members = services.filter { own, _ in own.isEmpty || own.contains(where: chosen.contains) }.map(\.1)
            // A profile that no service has adds nothing.
            guard !members.isEmpty, chosen.isEmpty || members.count > services.count(where: { $0.0.isEmpty }) else {
                continue
            }
            stacks.append(stack(members, profiles: chosen, of: combination))
        }
    }

    private func stack(
        _ workloads: [Workload], profiles: [String], of combination: ComposePlan.Combination
    ) -> Stack {
        var name = combination.files.joined(separator: " + ")
        if !profiles.isEmpty {
            name += " (\(profiles.count == 1 ? "profile" : "profiles") \(profiles.joined(separator: ", ")))"
        }
        if !combination.environmentFiles.isEmpty {
            name += " with \(combination.environmentFiles.joined(separator: ", "))"
        }
        return Stack(
            .compose, name: name,
            environment: ComposeEnvironment.of(workloads, profiles: profiles, combination: combination),
            files: project.files, workloads: workloads)
    }
}

/// Which environment a stack is for: what was chosen to start it says it before what stands in it.
enum ComposeEnvironment {
    static func of(
        _ workloads: [Workload], profiles: [String], combination: ComposePlan.Combination
    ) -> StackEnvironment? {
        for profile in profiles {
            if let found = StackEnvironment.named(by: profile, evidence: "the profile \(profile)") { return found }
        }
        for file in combination.files.reversed() + combination.environmentFiles.reversed() {
            let name = SourceTree.name(of: file)
            if let found = StackEnvironment.named(by: name, evidence: "the name of \(file)") { return found }
        }
        let folder = SourceTree.folder(of: combination.files[0])
        if let found = StackEnvironment.named(by: folder, evidence: "the folder \(folder)") { return found }
        for names in [deploymentNames, frameworkNames] {
            if let found = agreed(names, in: workloads) { return found }
        }
        return nil
    }

    private static let deploymentNames: Set<String> = [
        "ENVIRONMENT", "APP_ENV", "ENV", "APP_ENVIRONMENT", "DEPLOY_ENV", "DEPLOYMENT_ENV", "DEPLOYMENT_ENVIRONMENT",
    ]
    /// They often say how a framework is built rather than where it runs, so they come last.
    private static let frameworkNames: Set<String> = [
        "NODE_ENV", "RAILS_ENV", "RACK_ENV", "FLASK_ENV", "GO_ENV", "ASPNETCORE_ENVIRONMENT", "SPRING_PROFILES_ACTIVE",
    ]

    private static func agreed(_ names: Set<String>, in workloads: [Workload]) -> StackEnvironment? {
        var result: StackEnvironment?
        for assignment in workloads.lazy.flatMap(\.assignments) where names.contains(assignment.name) {
            guard let text = assignment.value.likely, !text.isEmpty,
                let found = StackEnvironment.named(by: text, evidence: "\(assignment.name) at \(assignment.position)")
            else { continue }
            if let result, result.environment != found.environment { return nil }
            result = result ?? found
        }
        return result
    }
}

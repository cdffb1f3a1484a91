import Evidence

/// A root module with its calls, under one set of variables: one stack.
struct TerraformConfiguration {
    private(set) var reading = ManifestReading()
    private let tree: SourceTree
    private var objects: [String: (value: BoundValue, position: SourcePosition)] = [:]
    private var found: [(type: String, label: String, resource: TerraformBlocks.Found)] = []
    private var files: [String] = []

    init(module: TerraformModule, modules: [String: TerraformModule], set: TerraformVariableSets, tree: SourceTree) {
        self.tree = tree
        let scope = TerraformScope(
            module: module, inputs: set.values, address: "", modules: modules, tree: tree,
            budget: ReadingBudget(1_000_000))
        take(scope, depth: 0)
        var workloads = TerraformWorkloads(objects: objects)
        for (type, label, resource) in found { workloads.take(type, label, resource) }
        guard !workloads.workloads.isEmpty else { return }
        let settled = AmazonAccounts.settled(workloads.workloads)
        let folder = module.folder.isEmpty ? "." : module.folder
        let name = set.file.map { "\(folder) (\($0))" } ?? folder
        reading.stacks.append(
            Stack(
                .terraform, name: name,
                environment: Self.environment(module.folder, set, settled, scope),
                files: files + [set.file].compactMap { $0 }, workloads: settled))
    }

    private static func environment(
        _ folder: String, _ set: TerraformVariableSets, _ workloads: [Workload], _ scope: TerraformScope
    ) -> StackEnvironment? {
        for name in ["environment", "env", "stage", "deployment_environment"] {
            guard let value = scope.inputs[name] ?? scope.module.locals[name].map(scope.evaluate),
                let text = value.literal,
                let found = StackEnvironment.named(
                    by: text, evidence: "\(name) at \(value.position?.description ?? folder)")
            else { continue }
            return found
        }
        if let file = set.file, let found = ManifestEnvironment.find(file, workloads: []) { return found }
        return ManifestEnvironment.find(folder + "/main.tf", workloads: workloads)
    }

    private mutating func take(_ scope: TerraformScope, depth: Int) {
        guard depth < 8, scope.budget.take() else { return }
        files += scope.module.files
        for (name, variable) in scope.module.variables.sorted(by: { $0.key < $1.key }) {
            guard let word = variable.body["default"] else { continue }
            reading.loose += TerraformLoose.bindings(
                name, scope.evaluate(word.value), in: .configuration, at: word.position)
        }
        for block in scope.module.ordered {
            let (type, label) = (block.labels[0], block.labels[1])
            for instance in scope.instances(block.body) {
                let resource = TerraformBlocks.Found(body: block.body, scope: instance, position: block.position)
                for (address, member) in TerraformKubernetes.objects(type, resource) {
                    guard let value = member.value.bound else { continue }
                    objects[address] = (value, member.position)
                    if type.hasPrefix("kubernetes_secret"), DeliverySite.showsSecret(member.key, value) {
                        reading.loose.append(LooseBinding(member.key, value, in: .secretObject, at: member.position))
                    }
                }
                noteSecret(type, label, resource)
                found.append((type, label, resource))
            }
        }
        for (name, call) in scope.module.calls.sorted(by: { $0.key < $1.key }) {
            for instance in scope.instances(call.body) {
                guard let inner = TerraformCalls.scope(of: name, call, in: instance) else { continue }
                take(inner, depth: depth + 1)
            }
        }
    }

    /// A resource that puts a value into a store.
    private mutating func noteSecret(_ type: String, _ label: String, _ resource: TerraformBlocks.Found) {
        let attribute: String
        switch type {
        case "google_secret_manager_secret_version": attribute = "secret_data"
        case "aws_secretsmanager_secret_version": attribute = "secret_string"
        case "aws_ssm_parameter", "azurerm_key_vault_secret": attribute = "value"
        default: return
        }
        guard let own = resource.body[attribute] else { return }
        let value = resource.value(attribute)
        if case .json = value {
            reading.loose += TerraformLoose.bindings(label, value, in: .secretObject, at: own.position)
            return
        }
        let name = resource.text("name").map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? label
        // A version of a secret holds one, whatever its label says.
        let isSecret = type != "aws_ssm_parameter"
        guard let bound = value.bound else { return }
        if isSecret ? bound.literal.map({ !$0.isEmpty }) ?? false : DeliverySite.showsSecret(name, bound) {
            reading.loose.append(LooseBinding(name, bound, in: .secretObject, at: own.position))
        }
    }
}

import Evidence

/// What a template runs, and what stands in it in the open.
struct CloudFormationResources {
    private(set) var workloads: [Workload] = []
    private(set) var loose: [LooseBinding] = []
    private(set) var target = Stack.Target.lambda
    private let template: CloudFormationTemplate

    init(template: CloudFormationTemplate) {
        self.template = template
        let resources = template.root["Resources"]?.map ?? []
        let types = Set(resources.compactMap { $0.value["Type"]?.scalar?.text })
        if types.contains("AWS::ECS::TaskDefinition") || types.contains("AWS::AppRunner::Service") {
            target = .ecs
        } else if types.contains("AWS::Serverless::Function") {
            target = .serverless
        }
        for parameter in template.root["Parameters"]?.map ?? [] {
            guard let word = parameter.value["Default"], let text = word.scalar?.text else { continue }
            note(parameter.key, .literal(text), in: .configuration, at: word.position)
        }
        for resource in resources { take(resource) }
    }

    private mutating func take(_ resource: ManifestNode.Member) {
        let properties = resource.value["Properties"] ?? ManifestNode(.map([]), at: resource.position)
        switch resource.value["Type"]?.scalar?.text {
        case "AWS::ECS::TaskDefinition":
            let family = properties["Family"].flatMap { template.value($0)?.literal } ?? resource.key
            workloads += containers.workloads(properties["ContainerDefinitions"]?.list ?? [], family: family)
        case "AWS::Batch::JobDefinition":
            guard let container = properties["ContainerProperties"] else { return }
            workloads += containers.workloads([container], family: resource.key)
        case "AWS::Lambda::Function":
            let name = properties["FunctionName"].flatMap { template.value($0)?.literal } ?? resource.key
            function(name, resource.position, [properties["Environment"]?["Variables"]])
        case "AWS::Serverless::Function":
            let name = properties["FunctionName"].flatMap { template.value($0)?.literal } ?? resource.key
            let shared = template.root["Globals"]?["Function"]
            function(
                name, resource.position,
                [shared?["Environment"]?["Variables"], properties["Environment"]?["Variables"]],
                code: properties["CodeUri"] ?? shared?["CodeUri"],
                handler: properties["Handler"] ?? shared?["Handler"])
        case "AWS::AppRunner::Service": appRunner(resource, properties)
        case "AWS::ElasticBeanstalk::Environment", "AWS::ElasticBeanstalk::ConfigurationTemplate":
            beanstalk(resource, properties)
        case "AWS::SecretsManager::Secret":
            guard let text = properties["SecretString"] else { return }
            noteSecret(resource.key, text)
        case "AWS::SSM::Parameter":
            guard let text = properties["Value"], let value = template.value(text) else { return }
            let name = properties["Name"].flatMap { template.value($0)?.literal } ?? resource.key
            note(name.split(separator: "/").last.map(String.init) ?? name, value, in: .configuration, at: text.position)
        default: break
        }
    }

    private var containers: TaskContainers {
        let template = template
        return TaskContainers(value: { template.value($0) }, secret: { template.secret($0) })
    }

    private mutating func function(
        _ name: String, _ position: SourcePosition, _ variables: [ManifestNode?], code: ManifestNode? = nil,
        handler: ManifestNode? = nil
    ) {
        var workload = Workload(name, at: position)
        for member in variables.compactMap({ $0 }) {
            guard let members = member.map, CloudFormationTemplate.call(member) == nil else {
                workload.gaps.append(Gap("its variables come from an expression", at: member.position))
                continue
            }
            for member in members {
                guard let value = template.value(member.value) else { continue }
                workload.assign(Assignment(member.key, value, at: member.position))
            }
        }
        if let text = code?.scalar?.text {
            workload.sourceDirectory = SourceTree.resolve(text, in: SourceTree.folder(of: template.file))
            workload.entry = handler?.scalar.flatMap {
                FunctionHandler.source($0.text, in: workload.sourceDirectory ?? "")
            }
        }
        workloads.append(workload)
    }

    private mutating func appRunner(_ resource: ManifestNode.Member, _ properties: ManifestNode) {
        let source = properties["SourceConfiguration"]
        let settings =
            source?["ImageRepository"]?["ImageConfiguration"]
            ?? source?["CodeRepository"]?["CodeConfiguration"]?["CodeConfigurationValues"]
        let name = properties["ServiceName"].flatMap { template.value($0)?.literal } ?? resource.key
        var workload = Workload(name, at: resource.position)
        workload.image = source?["ImageRepository"]?["ImageIdentifier"].flatMap { template.value($0)?.literal }
        for (key, isSecret) in [("RuntimeEnvironmentVariables", false), ("RuntimeEnvironmentSecrets", true)] {
            for entry in settings?[key]?.list ?? [] {
                guard let name = entry["Name"], let text = name.scalar?.text, let node = entry["Value"],
                    let value = isSecret ? template.secret(node) : template.value(node)
                else { continue }
                workload.assign(Assignment(text, value, at: name.position))
            }
        }
        workloads.append(workload)
    }

    private mutating func beanstalk(_ resource: ManifestNode.Member, _ properties: ManifestNode) {
        var workload = Workload(resource.key, at: resource.position)
        for option in properties["OptionSettings"]?.list ?? []
        where option["Namespace"]?.scalar?.text == "aws:elasticbeanstalk:application:environment" {
            guard let name = option["OptionName"], let text = name.scalar?.text, let node = option["Value"],
                let value = template.value(node)
            else { continue }
            workload.assign(Assignment(text, value, at: name.position))
        }
        if !workload.assignments.isEmpty { workloads.append(workload) }
    }

    /// `SecretString` may be one value or a JSON object of several.
    private mutating func noteSecret(_ key: String, _ node: ManifestNode) {
        guard let value = template.value(node), !value.isEmpty else { return }
        if let text = value.literal, JSONDocument.isLikely(text),
            let members = try? JSONDocument.parse(text, file: template.file).map
        {
            for member in members {
                note(member.key, .literal(member.value.scalar?.text ?? ""), in: .secretObject, at: node.position)
            }
            return
        }
        note(key, value, in: .secretObject, at: node.position)
    }

    private mutating func note(
        _ name: String, _ value: BoundValue, in place: LooseBinding.Place, at position: SourcePosition
    ) {
        if DeliverySite.showsSecret(name, value) { loose.append(LooseBinding(name, value, in: place, at: position)) }
    }
}

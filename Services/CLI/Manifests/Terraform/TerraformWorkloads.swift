import Evidence

/// Resources that run something, as workloads.
struct TerraformWorkloads {
    /// Values of Secrets and ConfigMaps of the same configuration: `NAMESPACE/NAME#KEY`.
    let objects: [String: (value: BoundValue, position: SourcePosition)]
    private(set) var workloads: [Workload] = []

    init(objects: [String: (value: BoundValue, position: SourcePosition)]) { self.objects = objects }

    mutating func take(_ type: String, _ label: String, _ resource: TerraformBlocks.Found) {
        switch type {
        case "google_cloud_run_service":
            cloudRun(label, resource, containers: ["template", "spec", "containers"])
        case "google_cloud_run_v2_service", "google_cloud_run_v2_worker_pool":
            cloudRun(label, resource, containers: ["template", "containers"])
        case "google_cloud_run_v2_job":
            cloudRun(label, resource, containers: ["template", "template", "containers"])
        case "google_cloudfunctions2_function": cloudFunction(label, resource, inner: "service_config")
        case "google_cloudfunctions_function": cloudFunction(label, resource, inner: nil)
        case "aws_ecs_task_definition": task(label, resource)
        case "aws_lambda_function": lambda(label, resource)
        case "azurerm_container_app": containerApp(label, resource)
        case "azurerm_linux_web_app", "azurerm_linux_function_app", "azurerm_windows_web_app":
            let start = Workload(resource.text("name") ?? label, at: resource.position)
            workloads.append(variables("app_settings", of: resource, into: start))
        default:
            if let path = TerraformKubernetes.containers(type) { kubernetes(label, resource, path) }
        }
    }

    /// A mapping of names to values.
    private func variables(
        _ attribute: String, of found: TerraformBlocks.Found, into start: Workload
    ) -> Workload {
        var workload = start
        switch found.value(attribute) {
        case .object(let members):
            for member in members {
                guard let value = member.value.bound else { continue }
                workload.assign(Self.assignment(member.key, value, at: member.position, valueAt: member.value.position))
            }
        case .null: break
        default: workload.gaps.append(Gap("its variables come from an expression", at: found.position(attribute)))
        }
        return workload
    }

    private static func assignment(
        _ name: String, _ value: BoundValue, at position: SourcePosition, valueAt place: SourcePosition?
    ) -> Assignment {
        let elsewhere = place.flatMap { $0.file != position.file || $0.line != position.line ? $0 : nil }
        return Assignment(name, value, at: position, valueAt: elsewhere)
    }

    private mutating func cloudRun(_ label: String, _ resource: TerraformBlocks.Found, containers path: [String]) {
        let name = resource.text("name") ?? label
        let project = resource.value("project").literal
        var blocks = TerraformBlocks()
        let containers = blocks.find(path, in: resource)
        for container in containers {
            let own = container.text("name") ?? "container"
            var workload = Workload(containers.count > 1 ? "\(name)/\(own)" : name, at: resource.position)
            workload.image = container.text("image")
            for variable in blocks.blocks("env", in: container) {
                guard let name = variable.bound("name")?.literal else {
                    workload.gaps.append(Gap("a variable's name is not known here", at: variable.position))
                    continue
                }
                let places =
                    blocks.find(["value_source", "secret_key_ref"], in: variable)
                    + blocks.find(["value_from", "secret_key_ref"], in: variable)
                let value = places.first.map { Self.googleSecret($0, project: project) } ?? variable.bound("value")
                workload.assign(
                    Self.assignment(
                        name, value ?? .opaque("known after it is applied"), at: variable.position("name"),
                        valueAt: variable.value("value").position))
            }
            workload.gaps += blocks.gaps
            workloads.append(workload)
        }
    }

    /// `secret` and `version` of Cloud Run v2, `name` and `key` of v1.
    private static func googleSecret(_ place: TerraformBlocks.Found, project: String?) -> BoundValue {
        guard let name = place.text("secret") ?? place.text("name") else {
            return .opaque("a secret at \(place.position)")
        }
        let version = place.text("version") ?? place.text("key")
        let own = place.value("project_id").literal ?? project
        return GoogleSecretName.reference(name, version: version, project: own).map { .reference($0) } ?? .opaque(name)
    }

    private mutating func cloudFunction(_ label: String, _ resource: TerraformBlocks.Found, inner: String?) {
        var blocks = TerraformBlocks()
        let settings = inner.map { blocks.blocks($0, in: resource) } ?? [resource]
        for setting in settings {
            let start = Workload(resource.text("name") ?? label, at: resource.position)
            var workload = variables("environment_variables", of: setting, into: start)
            for secret in blocks.blocks("secret_environment_variables", in: setting) {
                guard let key = secret.text("key"), let name = secret.text("secret") else { continue }
                let value = GoogleSecretName.reference(
                    name, version: secret.text("version"), project: secret.value("project_id").literal)
                workload.assign(
                    Assignment(key, value.map { .reference($0) } ?? .opaque(name), at: secret.position("key")))
            }
            workload.gaps += blocks.gaps
            workloads.append(workload)
        }
    }

    private mutating func lambda(_ label: String, _ resource: TerraformBlocks.Found) {
        var blocks = TerraformBlocks()
        var workload = Workload(resource.text("function_name") ?? label, at: resource.position)
        workload.image = resource.text("image_uri")
        for environment in blocks.blocks("environment", in: resource) {
            workload = variables("variables", of: environment, into: workload)
        }
        workload.gaps += blocks.gaps
        workloads.append(workload)
    }

    private mutating func task(_ label: String, _ resource: TerraformBlocks.Found) {
        let family = resource.text("family") ?? label
        let definitions = resource.value("container_definitions")
        let reader = TerraformTask(family: family)
        guard let read = reader.workloads(definitions) else {
            var workload = Workload(family, at: resource.position)
            workload.gaps.append(
                Gap("its containers come from an expression", at: resource.position("container_definitions")))
            return workloads.append(workload)
        }
        workloads += read
    }

    private mutating func containerApp(_ label: String, _ resource: TerraformBlocks.Found) {
        var blocks = TerraformBlocks()
        var secrets: [String: BoundValue] = [:]
        for secret in blocks.blocks("secret", in: resource) {
            guard let name = secret.text("name") else { continue }
            secrets[name] = secret.bound("value") ?? secret.bound("key_vault_secret_id")
        }
        for container in blocks.find(["template", "container"], in: resource) {
            var workload = Workload(resource.text("name") ?? label, at: resource.position)
            workload.image = container.text("image")
            for variable in blocks.blocks("env", in: container) {
                guard let name = variable.text("name") else { continue }
                let value = variable.text("secret_name").flatMap { secrets[$0] } ?? variable.bound("value")
                workload.assign(
                    Assignment(name, value ?? .opaque("a secret of the app"), at: variable.position("name")))
            }
            workload.gaps += blocks.gaps
            workloads.append(workload)
        }
    }

    private mutating func kubernetes(_ label: String, _ resource: TerraformBlocks.Found, _ path: [String]) {
        var blocks = TerraformBlocks()
        let metadata = blocks.blocks("metadata", in: resource).first
        let name = metadata?.text("name") ?? label
        let reader = TerraformKubernetes(namespace: metadata?.text("namespace"), objects: objects)
        let containers = blocks.find(path, in: resource)
        for container in containers {
            let own = container.text("name") ?? "container"
            var workload = Workload(containers.count > 1 ? "\(name)/\(own)" : name, at: resource.position)
            workload.image = container.text("image")
            reader.take(container, into: &workload, &blocks)
            workload.gaps += blocks.gaps
            workloads.append(workload)
        }
    }
}

import Evidence

/// Resources and data sources that are secrets: which place each of their attributes names.
enum TerraformSecretPlaces {
    static func value(
        _ address: String, type: String, path: [String], in context: TerraformAddress, at position: SourcePosition
    ) -> TerraformValue? {
        guard let attribute = path.first else { return nil }
        func own(_ name: String) -> BoundValue? {
            context.scope.module.resources[address]?.body[name].flatMap { context.scope.evaluate($0.value).bound }
        }
        func name(_ attributes: String...) -> String? {
            attributes.lazy.compactMap { own($0).map(CloudFormationTemplate.spelled) }.first
        }
        func bound(_ reference: SecretReference?) -> TerraformValue? {
            reference.map { .bound(.reference($0), position) }
        }
        switch (type, attribute) {
        case ("google_secret_manager_secret", "id"), ("google_secret_manager_secret", "name"),
            ("google_secret_manager_secret", "secret_id"):
            return own("secret_id").map { .bound($0, position) }
        case ("google_secret_manager_secret_version", "secret_data"),
            ("aws_secretsmanager_secret_version", "secret_string"):
            return own(attribute).map { .bound($0, position) }
        case ("google_secret_manager_secret_version", "version"): return .bound(.literal("managed"), position)
        case ("data.google_secret_manager_secret_version", "secret_data"),
            ("data.google_secret_manager_secret_version_access", "secret_data"):
            return bound(
                name("secret").flatMap {
                    GoogleSecretName.reference($0, version: name("version"), project: name("project"))
                })
        case ("data.google_secret_manager_secret", _): return own("secret_id").map { .bound($0, position) }
        case ("aws_secretsmanager_secret", "arn"), ("aws_secretsmanager_secret", "id"):
            return bound(name("name").map(AmazonSecretName.secret))
        case ("data.aws_secretsmanager_secret", "arn"), ("data.aws_secretsmanager_secret", "id"),
            ("data.aws_secretsmanager_secret", "name"):
            return bound(name("arn", "name").map(AmazonSecretName.secret))
        case ("aws_secretsmanager_secret_version", "arn"):
            return own("secret_id").map { .bound($0, position) }
        case ("data.aws_secretsmanager_secret_version", "secret_string"),
            ("data.aws_secretsmanager_secret_version", "arn"):
            guard let secret = own("secret_id") else { return nil }
            return bound(secret.reference ?? secret.literal.map(AmazonSecretName.secret))
        case ("aws_ssm_parameter", "arn"), ("aws_ssm_parameter", "name"), ("aws_ssm_parameter", "id"),
            ("data.aws_ssm_parameter", "arn"), ("data.aws_ssm_parameter", "value"):
            return bound(name("name").map { SecretReference(.parameterStore, AmazonSecretName.parameter($0)) })
        case ("data.vault_generic_secret", "data"), ("data.vault_kv_secret_v2", "data"):
            guard let place = name("path", "name"), path.count > 1 else { return nil }
            return bound(SecretReference(.vault, "\(place)#\(path[1])"))
        case ("data.azurerm_key_vault_secret", "value"), ("azurerm_key_vault_secret", "id"),
            ("azurerm_key_vault_secret", "versionless_id"), ("data.azurerm_key_vault_secret", "id"):
            return bound(name("name").map { SecretReference(.azure, $0) })
        default: return nil
        }
    }
}

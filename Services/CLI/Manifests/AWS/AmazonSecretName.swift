import Evidence

/// Names of AWS Secrets Manager and Parameter Store, in every spelling that manifests have.
enum AmazonSecretName {
    /// What an ARN names: `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf[:FIELD:STAGE:VERSION]`,
    /// `arn:PARTITION:ssm:REGION:ACCOUNT:parameter/PATH`; a text that is no ARN is a parameter's name, as ECS has it.
    static func reference(_ text: String) -> SecretReference? {
        guard text.hasPrefix("arn:") else {
            return text.isEmpty ? nil : SecretReference(.parameterStore, parameter(text))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 5 else { return nil }
        switch parts[2] {
        case "secretsmanager":
            guard parts.count > 6 else { return nil }
            return secret(
                parts[6], field: part(parts, 7), stage: part(parts, 8), version: part(parts, 9),
                scope: scope(parts[3], parts[4]), hasSuffix: true)
        case "ssm":
            let name = parts[5...].joined(separator: ":")
            let halves = name.hasPrefix("parameter") ? String(name.dropFirst(9)) : name
            let pieces = halves.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            return SecretReference(
                .parameterStore, parameter(pieces[0]), version: pieces.count > 1 ? pieces[1] : nil,
                scope: scope(parts[3], parts[4]))
        default: return nil
        }
    }

    private static func part(_ parts: [String], _ index: Int) -> String? {
        index < parts.count && !parts[index].isEmpty ? parts[index] : nil
    }

    /// - Parameter text: a name or an ARN.
    static func secret(_ text: String) -> SecretReference {
        if text.hasPrefix("arn:"), let reference = reference(text) { return reference }
        return secret(text, field: nil, stage: nil, version: nil, scope: nil, hasSuffix: false)
    }

    /// `AWSCURRENT` is what is read without a stage.
    static func secret(
        _ name: String, field: String?, stage: String?, version: String?, scope: String?, hasSuffix: Bool
    ) -> SecretReference {
        let bare = hasSuffix ? withoutSuffix(name) : name
        return SecretReference(
            .aws, bare + (field.map { "#" + $0 } ?? ""), version: version ?? (stage == "AWSCURRENT" ? nil : stage),
            scope: scope)
    }

    /// Region and account, where the manifest names them and does not say "mine".
    private static func scope(_ region: String, _ account: String) -> String? {
        let isNumber = account.count == 12 && account.allSatisfy(\.isNumber)
        guard isNumber, !region.isEmpty, region.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }) else {
            return nil
        }
        return "\(region):\(account)"
    }

    /// Secrets Manager puts a hyphen and six random characters behind a name in its ARN; a word of six letters
    /// (`jwt-secret`) is none.
    private static func withoutSuffix(_ name: String) -> String {
        guard let hyphen = name.lastIndex(of: "-") else { return name }
        let suffix = name[name.index(after: hyphen)...]
        guard suffix.count == 6 else { return name }
        if suffix == "??????" { return String(name[..<hyphen]) }
        guard suffix.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else { return name }
        let hasCapital = suffix.contains(where: \.isUppercase)
        let isMixed = suffix.contains(where: \.isNumber) || (hasCapital && suffix.contains(where: \.isLowercase))
        return isMixed ? String(name[..<hyphen]) : name
    }

    /// `/app/jwt` and `app/jwt` are two names; `/jwt` and `jwt` are one.
    static func parameter(_ text: String) -> String {
        var name = text
        if name.hasPrefix("/"), !name.dropFirst().contains("/") { name.removeFirst() }
        return name
    }
}

import Evidence

/// `LS113`: a signing secret as a build argument or in an image's environment: whoever pulls the image has it.
enum ImageSecretRule: Rule {
    static let id = RuleID.secretInImage

    static func findings(in proof: Proof) -> [Finding] {
        proof.loose.compactMap { binding in
            guard [.buildArgument, .imageLayer].contains(binding.place), !binding.value.isEmpty,
                SigningSecretName.isSigning(binding.name),
                !Components.isTest(binding.position.file)
            else { return nil }
            let what = binding.place == .buildArgument ? "a build argument" : "a variable of the image"
            // A placeholder that makes a build step run is no secret, though it may come to serve as one.
            let isPlaceholder = binding.value.literal.map { SecretQuality.fault(of: $0) != nil } ?? false
            return Finding(
                id, isPlaceholder ? .warning : .error,
                """
                \(binding.name) is \(what) at \(binding.position): it stays in the image's history, and whoever pulls the \
                image can make tokens. Give it at run time, or to one step with `RUN --mount=type=secret`
                """, at: [binding.position])
        }
    }
}

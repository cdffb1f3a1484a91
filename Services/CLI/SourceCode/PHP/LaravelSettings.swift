import Evidence

/// Laravel's `config/NAME.php`: what it gives back is known by the file's name (`config('jwt.secret')`), and what stands
/// in `config/jwt.php` is what tymon/jwt-auth signs and verifies with.
struct LaravelSettings {
    let file: String

    func named(_ facts: SourceFacts) -> SourceFacts {
        guard SourceTree.folder(of: file).split(separator: "/").last == "config" else { return facts }
        let stem = SourceTree.name(of: file).split(separator: ".").first.map(String.init) ?? ""
        var result = facts
        result.reads = facts.reads.map { read in
            guard !read.bound.isEmpty else { return read }
            return SecretRead(
                read.expression, bound: "config:" + stem + "." + read.bound, loader: read.loader, at: read.position)
        }
        guard stem == "jwt", let secret = result.reads.first(where: { $0.bound == "config:jwt.secret" }) else {
            return result
        }
        for action in [TokenUse.Action.sign, .verify] {
            result.uses.append(
                TokenUse(
                    action, call: "jwt-auth", key: secret.expression, keyName: secret.bound, algorithms: ["HS256"],
                    at: secret.position))
        }
        return result
    }
}

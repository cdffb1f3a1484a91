package import Secrets

extension VaultStore {
    /// What lies there now.
    func secret() async throws(VaultFault) -> VaultSecret {
        let reply = try await call("GET", dataPath)
        // A mount of version 1, and none at all, answer as an empty place does.
        if reply.status == .notFound, reply.data == nil, let fault = try await engineFault() { throw fault }
        return try VaultSecret(reply)
    }

    /// One new version of the secret, its other fields as they are. Vault refuses it where another version came in
    /// between (`cas`).
    package func write(
        _ secret: StoredSecret, replacing revision: String?
    ) async throws(StoreWriteError) -> String {
        try TextSecret.check(secret, maximumBytes: 65_536)
        let outcome: WriteOutcome
        do throws(VaultFault) {
            outcome = try await replace(revision, with: secret)
        } catch {
            switch error {
            case .denied(let reason): throw .denied(reason: reason)
            case .unavailable(let reason): throw .unavailable(reason: reason)
            }
        }
        switch outcome {
        case .written(let revision): return revision
        case .changed: throw .changed
        case .refused: throw .unfit(reason: "Vault does not take the secret (400): see the limits of its KV engine")
        }
    }

    private enum WriteOutcome { case written(revision: String), changed, refused }

    private func replace(
        _ revision: String?, with secret: StoredSecret
    ) async throws(VaultFault) -> WriteOutcome {
        let old = try await self.secret()
        guard Self.revision(of: try reading(old)) == revision else { return .changed }
        let fields = old.setting([
            (name: field, value: secret.current), (name: nextField, value: secret.next),
            (name: previousField, value: secret.previous),
        ])
        let options = JSONText.object([("cas", Array(String(old.version).utf8))])
        let body = JSONText.object([("options", options), ("data", JSONText.object(fields))])
        let reply = try await call("POST", dataPath, body: body)
        // Read back in any case: an answer that was lost makes the next try of the same write look like somebody else's.
        let new = try await self.secret()
        let reading = try reading(new)
        if new.version == old.version + 1, Self.holds(reading, secret) {
            return .written(revision: String(new.version))
        }
        return reply.status == .badRequest && new.version == old.version ? .refused : .changed
    }

    private static func revision(of reading: SourceReading) -> String? {
        switch reading {
        case .found(_, let revision), .staged(_, let revision): revision
        default: nil
        }
    }

    private static func holds(_ reading: SourceReading, _ secret: StoredSecret) -> Bool {
        switch reading {
        case .found(let bytes, _): StoredSecret(current: bytes) == secret
        case .staged(let stored, _): stored == secret
        default: false
        }
    }

    // MARK: Calls

    /// Encoded parts are checked in `open`.
    private var dataPath: String {
        "\(PercentEncoding.path(mount) ?? "")/data/\(PercentEncoding.path(path) ?? "")"
    }

    /// With a token that works; once more with a new one where Vault refuses it and it may have ended.
    private func call(
        _ method: String, _ path: String, body: [UInt8] = []
    ) async throws(VaultFault) -> VaultAPI.Reply {
        let (api, session) = try calls()
        let token = try await session.token()
        do throws(VaultFault) {
            return try await api.call(method, path, token: token.text, body: body)
        } catch .denied(let reason) {
            guard await session.refused(token) else { throw .denied(reason: reason) }
            return try await api.call(method, path, token: try await session.token().text, body: body)
        } catch {
            throw error
        }
    }

    private func calls() throws(VaultFault) -> (VaultAPI, VaultSession) {
        switch access {
        case .calls(let api, let session): return (api, session)
        case .refused(let fault): throw fault
        }
    }

    /// What is wrong with the mount, as the endpoint says that Vault's own command line asks; nil where nothing is, or
    /// where this login may not ask.
    private func engineFault() async throws(VaultFault) -> VaultFault? {
        let reply: VaultAPI.Reply
        do throws(VaultFault) {
            reply = try await call("GET", "sys/internal/ui/mounts/\(PercentEncoding.path(mount) ?? "")")
        } catch {
            return nil
        }
        guard reply.status == .ok, let json = reply.json, let data = reply.data,
            let type = json.member(data, "type").flatMap(json.string)
        else { return nil }
        guard type == "kv" || type == "generic" else {
            return .unavailable(reason: "what is mounted at \(mount) is no KV engine")
        }
        let version = json.member(data, "options").flatMap { json.member($0, "version") }.flatMap(json.string)
        guard version != "2" else { return nil }
        return .unavailable(
            reason: """
                \(mount) is a KV engine of version 1, which keeps no versions: enable them (vault kv enable-versioning \
                \(mount)), or name another mount
                """)
    }
}

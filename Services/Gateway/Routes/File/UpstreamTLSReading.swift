import HTTPKit

/// `tls` of an upstream: whom it is believed from, and what it is shown.
struct UpstreamTLSReading {
    /// Of the upstream.
    let members: RouteMembers

    func read(_ targets: [UpstreamGroup.Target]) -> UpstreamTLS? {
        let names = ["ca", "certificate", "key", "server_name"]
        guard let own = members.members("tls", names: names) else { return nil }
        if own.isEmpty {
            own.fault("ca", "says nothing", "write one of \(names.joined(separator: ", "))")
        }
        if !targets.isEmpty, !targets.contains(where: \.origin.isTLS) {
            members.fault("tls", "has \"tls\", and none of its targets is https", "write https://, or take it away")
        }
        var files = UpstreamTLS.Files(
            ca: path("ca", own), certificate: path("certificate", own), key: path("key", own))
        for (name, other) in [("certificate", "key"), ("key", "certificate")]
        where own.node(name) != nil && own.node(other) == nil {
            own.fault(name, "has a \"\(name)\" without its \"\(other)\"", "write both, or neither")
            (files.certificate, files.key) = (nil, nil)
        }
        return UpstreamTLS(files: files.all.isEmpty ? nil : files, serverName: serverName(own))
    }

    private func path(_ name: String, _ own: RouteMembers) -> String? {
        guard let path = own.text(name) else { return nil }
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            own.fault(name, "has a \"\(name)\" that is no absolute path", "write one, /etc/…")
            return nil
        }
        return path
    }

    private func serverName(_ own: RouteMembers) -> String? {
        guard let name = own.text("server_name") else { return nil }
        guard let host = HostPattern(name), !host.isWildcard, IPAddress(name) == nil else {
            own.fault("server_name", "has a \"server_name\" that is no host name", "write one name, without port")
            return nil
        }
        return host.name
    }
}

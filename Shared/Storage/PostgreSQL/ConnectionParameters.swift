import Foundation

extension PostgreSQLAddress {
    /// What libpq is told. Everything that it would else look for at a user's home is set.
    /// - Parameter addresses: of the host, resolved; none for a socket.
    func parameters(addresses: [String]) -> [(name: String, value: String)] {
        var parameters = [
            ("user", user), ("dbname", database), ("application_name", applicationName), ("client_encoding", "UTF8"),
            ("gssencmode", "disable"), ("passfile", "/nonexistent"), ("options", options),
            // A server that vanished is noticed, even while nothing is sent.
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "\(limits.statement.milliseconds)"), ("target_session_attrs", "read-write"),
        ]
        if isSocket {
            parameters += [("host", host), ("port", "\(port)"), ("sslmode", "disable")]
        } else {
            // One entry per address; the name stays, as the certificate is checked against it.
            parameters.append(("host", addresses.map { _ in host }.joined(separator: ",")))
            parameters.append(("hostaddr", addresses.joined(separator: ",")))
            parameters.append(("port", addresses.map { _ in "\(port)" }.joined(separator: ",")))
            parameters += tlsParameters
        }
        if let password { parameters.append(("password", password.text)) }
        return parameters
    }

    private var tlsParameters: [(String, String)] {
        var parameters = [("sslmode", tls.rawValue), ("ssl_min_protocol_version", "TLSv1.2")]
        parameters.append(("sslcert", certificate ?? "/nonexistent"))
        if let key { parameters.append(("sslkey", key)) }
        parameters.append(("sslcrl", "/nonexistent"))
        switch tls {
        case .disable: break
        // libpq would verify against a file at the user's home, if there happens to be one.
        case .require: parameters.append(("sslrootcert", rootCertificates ?? "/nonexistent"))
        case .verifyCA, .verifyFull: parameters.append(("sslrootcert", rootCertificates ?? Self.systemBundle))
        }
        return parameters
    }

    private var options: String {
        [
            "statement_timeout=\(limits.statement.milliseconds)",
            "idle_in_transaction_session_timeout=\(limits.idleInTransaction.milliseconds)",
            "client_min_messages=error", "standard_conforming_strings=on", "bytea_output=hex",
            "extra_float_digits=1",
            // A whole-table scan makes a SERIALIZABLE transaction contradict every writer of that table; small tables
            // would be read so. (Where there is no index the scan's "cost" would start the JIT compiler.)
            "enable_seqscan=off", "jit=off",
        ].map { "-c \($0)" }.joined(separator: " ")
    }

    /// Debian, Alpine; Red Hat; macOS and the BSDs.
    private static var systemBundle: String {
        let places = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
        ]
        return places.first { FileManager.default.fileExists(atPath: $0) } ?? places[0]
    }
}

/// How a connection for one statement is asked for.
extension RestrictedLink {
    static func addresses(of address: PostgreSQLAddress) throws(RestrictedSQLError) -> [String] {
        guard !address.isSocket else { return [] }
        do throws(StorageError) {
            return try HostResolver.lookUp(address.host).get()
        } catch {
            throw .unavailable("\(error)")
        }
    }

    static func options(_ limits: RestrictedLimits) -> String {
        let time = limits.time.milliseconds
        return [
            // A lock is given up before the statement, so that the error tells which it was.
            "statement_timeout=\(time)", "lock_timeout=\(max(1, time * 3 / 4))",
            "idle_in_transaction_session_timeout=\(time + 5000)", "client_min_messages=error",
            "standard_conforming_strings=on", "bytea_output=hex", "extra_float_digits=1", "jit=off",
        ].map { "-c \($0)" }.joined(separator: " ")
    }
}

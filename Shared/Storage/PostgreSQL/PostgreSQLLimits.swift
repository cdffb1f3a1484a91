/// Bounds on what a pool takes and waits for.
struct PostgreSQLLimits: Sendable, Equatable {
    /// Connections of one process. All replicas' together stay under the server's `max_connections`.
    var connections = 8
    var connect: Duration = .seconds(5)
    /// For a free connection.
    var wait: Duration = .seconds(10)
    /// The server ends a statement that takes longer.
    var statement: Duration = .seconds(15)
    /// Beyond `statement` before a connection whose server says nothing is given up.
    var silence: Duration = .seconds(5)
    /// The server ends a transaction whose client says nothing.
    var idleInTransaction: Duration = .seconds(60)
    /// A connection that was idle for longer is tried before it is used.
    var unproven: Duration = .seconds(30)
    /// A connection is replaced after this, so that a new address or certificate of the server is found.
    var lifetime: Duration = .seconds(1800)
    /// Prepared statements of one connection; further ones are parsed each time.
    var preparedStatements = 200
    /// Runs of a transaction that loses to others.
    var attempts = 20
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

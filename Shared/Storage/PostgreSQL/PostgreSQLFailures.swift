/// Why a run of a transaction ended, for whoever decides what comes next.
enum PostgreSQLFailures {
    /// The connection is in a state that nobody knows.
    struct Unusable: Error { let reason: any Error }

    /// Its first statement had no answer, so another connection may do.
    struct NotBegun: Error { let reason: any Error }

    /// The server ended it in a way that another run may mend.
    struct Ended: Error {
        let remedy: PostgreSQLError.Remedy
        /// What the caller is told when no further run helps.
        let reason: any Error
    }

    /// In the surface's words; a body's own errors pass.
    static func storageError(_ error: any Error) -> any Error {
        switch error {
        case let error as PostgreSQLError: error.storageError
        case let error as PostgreSQLLink.Failure: StorageError.unavailable(error.reason)
        case let error as Unusable: storageError(error.reason)
        case let error as NotBegun: storageError(error.reason)
        case let error as Ended: storageError(error.reason)
        default: error
        }
    }

    /// - Parameters:
    ///   - thrown: by the body, or by the commit.
    ///   - cause: the first statement's failure.
    static func end(_ thrown: any Error, cause: (any Error)?) -> any Error {
        if thrown is Unusable { return thrown }
        if let cause = cause as? NotBegun { return cause }
        if (cause ?? thrown) is PostgreSQLLink.Failure { return Unusable(reason: thrown) }
        guard let error = (cause ?? thrown) as? PostgreSQLError, error.remedy != .none else { return thrown }
        return Ended(remedy: error.remedy, reason: thrown)
    }
}

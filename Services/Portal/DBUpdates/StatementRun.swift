/// A statement as somebody typed it, with the limits they set.
struct Statement: Codable, Sendable, Equatable {
    /// Bytes, as the plant takes them.
    static let maximumBytes = 64 << 10

    var sql: String
    /// Rows answered, and rows changed; nil: what the plant allows at most.
    var maximumRows: Int?
    /// Nil: what the plant allows at most.
    var seconds: Int?

    /// It begins as one that reads, so it runs without a question. It is a courtesy, and no rule that anything rests on:
    /// what a statement may do is held by the database.
    var isRead: Bool {
        let word = sql.drop { $0.isWhitespace }.prefix { $0.isLetter && $0.isASCII }
        return ["SELECT", "VALUES"].contains(word.uppercased())
    }
}

/// One statement on its way: asked for, running, ended.
struct StatementRun: Sendable {
    enum State: Sendable {
        /// Waits for its author's word.
        case asked
        /// - Parameter since: seconds since the epoch.
        case running(since: Int64)
        case ended(StatementOutcome)
    }

    /// How far it is.
    enum Stage: Sendable, Equatable {
        case asked, running
        /// It ought to have ended long ago.
        case lost
        case ended

        /// Seconds after which nobody waits for an answer any more.
        private static let patience: Int64 = 60

        static func begun(at begun: Int64, now: Int64) -> Stage { now - begun > patience ? .lost : .running }
    }

    let id: RecordID
    let statement: Statement
    let state: State
    /// Seconds since the epoch.
    let createdAt: Int64

    func stage(now: Int64) -> Stage {
        switch state {
        case .asked: .asked
        case .running(let begun): .begun(at: begun, now: now)
        case .ended: .ended
        }
    }
}

/// What came of a statement.
enum StatementOutcome: Sendable, Equatable {
    /// The plant's answer, JSON.
    case answered([UInt8])
    case failed(StatementFailure)
}

/// Why a statement was not run, or not to its end, as the plant or the gateway before it said.
struct StatementFailure: Codable, Error, Sendable, Equatable {
    /// Of the answer; 0: there was none that could be read, so whether the statement ran is not known.
    var status: Int
    /// As in problem documents.
    var code: String
    var detail: String
    /// Seconds.
    var retryAfter: Int?

    static let noAnswer = StatementFailure(status: 0, code: "unreachable", detail: "")
    static let unreadable = StatementFailure(status: 0, code: "unreadable", detail: "")
}

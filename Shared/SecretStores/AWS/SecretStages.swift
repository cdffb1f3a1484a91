/// Which version of a secret each of AWS's staging labels is attached to.
struct SecretStages: Sendable, Hashable {
    var current: String?
    var pending: String?
    var previous: String?

    static let currentLabel = "AWSCURRENT"
    static let pendingLabel = "AWSPENDING"
    static let previousLabel = "AWSPREVIOUS"

    /// The next key's version. AWS leaves AWSPENDING on a version that became current: that is no next key.
    var next: String? { pending == current ? nil : pending }
    /// A version that is next or current is not a previous one too.
    var retired: String? { previous == current || previous == next ? nil : previous }

    subscript(label label: String) -> String? {
        switch label {
        case Self.currentLabel: current
        case Self.pendingLabel: pending
        case Self.previousLabel: previous
        default: nil
        }
    }

    /// A label's move, as `UpdateSecretVersionStage` makes it: all of it, or nothing where the label is not on `from`.
    struct Move: Sendable, Hashable {
        var label: String
        var to: String?
        var from: String?
    }

    /// What leads from here to `target`, in an order in which a reader finds at each moment the key that signs, and
    /// loses none that the target keeps.
    ///
    /// AWSCURRENT goes first: its move is the one that two writers race for, and AWS itself takes AWSPREVIOUS along to
    /// the version that was current. Where it stays, the first label of the list decides the race.
    func moves(to target: SecretStages) -> [Move] {
        var moves: [Move] = []
        var stages = self
        if let version = target.current, version != stages.current {
            moves.append(Move(label: Self.currentLabel, to: version, from: stages.current))
            stages.previous = stages.current
            stages.current = version
        }
        if let version = target.pending, version != stages.pending {
            moves.append(Move(label: Self.pendingLabel, to: version, from: stages.pending))
            stages.pending = version
        }
        // Also off the next version: it would come back as a previous key when it is next no more.
        if target.previous != stages.previous {
            moves.append(Move(label: Self.previousLabel, to: target.previous, from: stages.previous))
        }
        if target.pending == nil, let version = stages.next {
            moves.append(Move(label: Self.pendingLabel, to: nil, from: version))
        }
        return moves
    }
}

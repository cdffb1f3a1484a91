import Fleet
import Foundation
import Secrets

/// Says what a rotation does: a line per change on stderr, the answer on stdout.
struct RotateVoice: Sendable {
    let context: CommandContext
    let format: OutputFormat

    /// Stable: the answer of `--format json`.
    struct Answer: Encodable {
        /// `done`, `blocked`, `early`, `refused`, `timed_out`
        var outcome: String
        var phase: String?
        var fromKid: String?
        var toKid: String?
        var blockers: [RotationBlocker]
        /// Seconds since the epoch.
        var until: Int64?
        var reason: String?

        enum CodingKeys: String, CodingKey {
            case outcome, phase, blockers, until, reason
            case fromKid = "from_kid"
            case toKid = "to_kid"
        }
    }

    func tell(_ event: RotationDriver.Event) {
        switch event {
        case .waiting(let reason): context.say("waiting: \(reason)")
        case .progress(let progress):
            context.say(
                "\(progress.phase.rawValue): \(progress.fromKid) → \(progress.toKid.isEmpty ? "a new key" : progress.toKid)"
            )
        case .wrote(let change): context.say("written: \(Self.words(change))")
        case .blocked(let blockers):
            context.say("waiting for \(blockers.count) of the fleet:")
            for blocker in blockers { context.say("  \(blocker.description)") }
        case .waitingUntil(let until, let now):
            context.say("tokens of the old key may be valid for another \(until - now) s; waiting")
        }
    }

    func conclude(_ outcome: RotationDriver.Outcome) throws(CommandFailure) {
        if format == .json { context.console.out(try JSONText.of(Self.answer(outcome))) }
        switch outcome {
        case .done(let progress):
            guard format == .text else { return }
            context.console.out(Self.summary(progress))
        case .blocked(let blockers):
            throw CommandFailure(.negative, lines: ["blocked:"] + blockers.map { "  \($0.description)" })
        case .early(let until, let now):
            throw CommandFailure(
                .negative,
                "too early: tokens of the old key may be valid for another \(until - now) s; call it again then, or give --timeout"
            )
        case .refused(let reason), .waiting(let reason): throw CommandFailure(.negative, reason)
        case .timedOut(let reason):
            throw CommandFailure(.negative, "out of time; it goes on when called again. \(reason)")
        }
    }

    static func summary(_ progress: RotationProgress?) -> String {
        guard let progress else { return "done" }
        return switch progress.phase {
        case .begun: "begun: \(progress.toKid) lies beside \(progress.fromKid); next: lockstep rotate promote"
        case .promoted: "promoted: \(progress.toKid) signs; issuers follow; next: lockstep rotate finish"
        case .confirmed: "promoted: every issuer signs with \(progress.toKid); next: lockstep rotate finish"
        case .finished: "finished: \(progress.toKid) signs, \(progress.fromKid) is gone"
        case .rolledBack: "rolled back: \(progress.isRollback ? progress.toKid : progress.fromKid) signs"
        }
    }

    private static func words(_ change: RingChange) -> String {
        switch change {
        case .addNext: "a new key beside the current one"
        case .removeNext: "the new key is removed"
        case .promote: "the new key signs, the old one verifies"
        case .exchange: "the old key signs again, the new one verifies"
        case .removePrevious: "the previous key is removed"
        case .replace: "a new key signs, the old one is revoked"
        }
    }

    static func answer(_ outcome: RotationDriver.Outcome) -> Answer {
        switch outcome {
        case .done(let progress):
            Answer(
                outcome: "done", phase: progress?.phase.rawValue, fromKid: progress?.fromKid, toKid: progress?.toKid,
                blockers: [])
        case .blocked(let blockers): Answer(outcome: "blocked", blockers: blockers)
        case .early(let until, _): Answer(outcome: "early", blockers: [], until: until)
        case .refused(let reason), .waiting(let reason): Answer(outcome: "refused", blockers: [], reason: reason)
        case .timedOut(let reason): Answer(outcome: "timed_out", blockers: [], reason: reason)
        }
    }
}

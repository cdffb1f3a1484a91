import Testing

@testable import SecretStores

@Suite("AWS staging labels")
struct SecretStagesTests {
    typealias Move = SecretStages.Move

    struct Step: Sendable, CustomStringConvertible {
        var description: String
        var from: SecretStages
        var to: SecretStages
        var moves: [Move]
    }

    static let steps = [
        Step(
            description: "nothing to do", from: .init(current: "a", previous: "z"),
            to: .init(current: "a", previous: "z"), moves: []),
        Step(
            description: "begin", from: .init(current: "a", previous: "z"),
            to: .init(current: "a", pending: "b", previous: "z"),
            moves: [Move(label: "AWSPENDING", to: "b", from: nil)]),
        Step(
            description: "begin where AWSPENDING was left on the current version",
            from: .init(current: "a", pending: "a"), to: .init(current: "a", pending: "b"),
            moves: [Move(label: "AWSPENDING", to: "b", from: "a")]),
        Step(
            description: "promote is one move, and takes AWSPREVIOUS along",
            from: .init(current: "a", pending: "b", previous: "z"), to: .init(current: "b", previous: "a"),
            moves: [Move(label: "AWSCURRENT", to: "b", from: "a")]),
        Step(
            description: "finish", from: .init(current: "b", pending: "b", previous: "a"), to: .init(current: "b"),
            moves: [Move(label: "AWSPREVIOUS", to: nil, from: "a")]),
        Step(
            description: "rollback before promote", from: .init(current: "a", pending: "b"), to: .init(current: "a"),
            moves: [Move(label: "AWSPENDING", to: nil, from: "b")]),
        Step(
            description: "rollback after promote, keeping the key that signed as next",
            from: .init(current: "b", pending: "b", previous: "a"), to: .init(current: "a", pending: "b"),
            moves: [
                Move(label: "AWSCURRENT", to: "a", from: "b"), Move(label: "AWSPREVIOUS", to: nil, from: "b"),
            ]),
        Step(
            description: "a new value alone", from: .init(current: "a", pending: "p"), to: .init(current: "c"),
            moves: [
                Move(label: "AWSCURRENT", to: "c", from: "a"), Move(label: "AWSPREVIOUS", to: nil, from: "a"),
                Move(label: "AWSPENDING", to: nil, from: "p"),
            ]),
    ]

    @Test("reach the target by moves that each name what they replace", arguments: steps)
    func moves(step: Step) {
        #expect(step.from.moves(to: step.to) == step.moves)
        var stages = step.from
        for move in step.moves {
            switch move.label {
            case "AWSCURRENT":
                stages.previous = stages.current
                stages.current = move.to
            case "AWSPENDING": stages.pending = move.to
            default: stages.previous = move.to
            }
            #expect(stages.current != nil)
        }
        #expect(stages.current == step.to.current)
        #expect(stages.next == step.to.next)
        #expect(stages.retired == step.to.retired)
    }
}

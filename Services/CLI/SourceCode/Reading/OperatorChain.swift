import Evidence

/// Operands of operators of one level, joined from the left: `a or b or c` is one expression of three.
struct OperatorChain {
    enum Joint: Equatable {
        /// `a || b`, `a or b`, `a ?? b`
        case either(emptyCounts: Bool)
        case operation(String)
    }

    /// Each change of the operator nests one deeper; no program has so many.
    private static let limit = 200

    private let position: SourcePosition
    private var joint: Joint?
    private var operands: [Expression]
    private var changes = 0

    init(_ first: Expression, at position: SourcePosition) {
        self.position = position
        operands = [first]
    }

    var isFull: Bool { changes >= Self.limit }

    var expression: Expression {
        switch joint {
        case nil: operands[0]
        case .either(let emptyCounts): Expression(.either(operands, emptyCounts: emptyCounts), at: position)
        case .operation(let sign): Expression(.operation(sign, operands), at: position)
        }
    }

    mutating func append(_ joint: Joint, _ operand: Expression) {
        // A denial is of one operand.
        if joint != self.joint || joint == .operation("not") {
            let left = expression
            operands = Self.operands(of: left, joint) ?? [left]
            self.joint = joint
            changes += 1
        }
        operands.append(operand)
    }

    /// Those of one that stands in parentheses.
    private static func operands(of left: Expression, _ joint: Joint) -> [Expression]? {
        switch (left.kind, joint) {
        case (.either(let operands, let one), .either(let other)) where one == other: operands
        case (.operation(let one, let operands), .operation(let other)) where one == other && one != "not": operands
        default: nil
        }
    }
}

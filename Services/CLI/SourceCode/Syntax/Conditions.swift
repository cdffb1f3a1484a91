/// Conditions in the form in which the shared reading looks at them: `!secret` for each way to say that it is missing.
enum Conditions {
    private static let absent: Set<String> = ["nil", "null", "None"]
    /// `strings.TrimSpace(x) == ""` is about `x`.
    private static let measures: Set<String> = [
        "len", "count", "length", "size", "TrimSpace", "strlen", "trim", "empty",
    ]
    private static let checks: Set<String> = [
        "isEmpty", "is_empty", "isBlank", "isNullOrEmpty", "isNullOrBlank", "IsNullOrEmpty", "IsNullOrWhiteSpace",
        "empty", "is_null", "blank", "nil", "isnull", "hasText", "is_none", "is_err",
    ]

    static func normal(_ condition: Expression, isNegated: Bool = false, depth: Int = 0) -> Expression {
        guard depth < 12 else { return condition }
        let other = Expression(.other, at: condition.position)
        switch condition.kind {
        case .operation("!", let operands) where operands.count == 1:
            return normal(operands[0], isNegated: !isNegated, depth: depth + 1)
        case .operation(let sign, let operands) where operands.count == 2:
            switch sign {
            case "==", "===": return isNothing(operands[1]) && !isNegated ? missing(subject(of: operands[0])) : other
            case "!=", "!==": return isNothing(operands[1]) && isNegated ? missing(subject(of: operands[0])) : other
            case "<", "<=": return isNegated ? other : missing(subject(of: operands[0]))
            case ">", ">=": return isNegated ? missing(subject(of: operands[0])) : other
            case "&&", "and":
                guard isNegated else { return other }
                return any(operands, isNegated: true, at: condition, depth)
            default: return other
            }
        case .either(let list, _): return isNegated ? other : any(list, isNegated: false, at: condition, depth)
        case .call(let callee, let arguments):
            guard let name = callee.lastName, checks.contains(name), !isNegated else { return other }
            if let first = arguments.first?.value { return missing(subject(of: first)) }
            if case .member(let object, _) = callee.kind { return missing(subject(of: object)) }
            return other
        case .member(let object, let name) where checks.contains(name):
            return isNegated ? other : missing(subject(of: object))
        case .name, .member: return isNegated ? missing(condition) : other
        default: return other
        }
    }

    private static func any(
        _ list: [Expression], isNegated: Bool, at condition: Expression, _ depth: Int
    ) -> Expression {
        let each = list.map { normal($0, isNegated: isNegated, depth: depth + 1) }
        return Expression(.either(each, emptyCounts: true), at: condition.position)
    }

    private static func missing(_ subject: Expression) -> Expression {
        Expression(.operation("!", [subject]), at: subject.position)
    }

    private static func isNothing(_ expression: Expression) -> Bool {
        switch expression.kind {
        case .text(let text): text.isEmpty
        case .number(let text): text == "0"
        case .name(let name): absent.contains(name)
        default: false
        }
    }

    private static func subject(of expression: Expression) -> Expression {
        switch expression.kind {
        case .call(let callee, let arguments):
            guard let name = callee.lastName, measures.contains(name) else { return expression }
            if let first = arguments.first?.value { return subject(of: first) }
            if case .member(let object, _) = callee.kind { return subject(of: object) }
            return expression
        case .member(let object, let name) where measures.contains(name): return subject(of: object)
        default: return expression
        }
    }
}

extension Expression {
    /// The last name of a name, member or call.
    var lastName: String? {
        switch kind {
        case .name(let name): name
        case .member(_, let name): name
        case .call(let callee, _): callee.lastName
        default: nil
        }
    }
}

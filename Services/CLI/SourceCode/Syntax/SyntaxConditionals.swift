import Evidence

/// `if`, `guard` and `unless`: what they bind, what they ask, and what happens then.
extension SyntaxStatements {
    /// - Parameter rest: the phrases behind; `if v := f(); v != ""` and `guard let a = x, let b = y` go on in them.
    mutating func conditional(
        _ phrase: Phrase, rest: ArraySlice<Phrase>, skips: inout Int
    ) -> [Statement]? {
        var parts = [Phrase(items: Array(phrase.items.dropFirst()), separator: phrase.separator)]
        var rest = rest
        let goesOn = grammar.hasTypePrefixes || grammar.hasTrailingClosures
        while goesOn, let last = parts.last, last.blockIndex == nil, last.separator == "," || last.separator == ";",
            let next = rest.popFirst()
        {
            parts.append(next)
        }
        guard let last = parts.last, let block = last.blockIndex else { return goesOn ? nil : branch(parts[0]) }
        skips += parts.count - 1
        parts[parts.count - 1] = Phrase(items: Array(last.items[..<block]), separator: "")
        let isNegated = phrase.keyword == "guard" || phrase.keyword == "unless"

        var result: [Statement] = []
        var conditions: [Expression] = []
        for (index, part) in parts.enumerated() {
            if let bound = binding(part, before: index > 0 ? parts[index - 1] : nil) {
                result += bound
                if isNegated, case .bind(let targets, _, _)? = bound.first, let target = targets.first {
                    conditions.append(Expression(.operation("!", [target]), at: target.position))
                }
            } else if let value = part.conditionValue {
                let asked = expression(value)
                result.append(.expression(asked))
                conditions.append(companion(of: Conditions.normal(asked, isNegated: isNegated)))
            }
        }
        var then = last.items[block].block.map { self.block($0) } ?? [.failed(nil)]
        if phrase.keyword == "guard", !then.contains(where: { if case .failed = $0 { true } else { false } }) {
            // What follows is not reached, however the block ends.
            then.append(.failed(nil))
        }
        var otherwise: [Statement] = []
        for item in last.items[(block + 1)...] {
            if case .expression(let expression) = item { otherwise.append(statement(expression)) }
        }
        let condition = Expression(.either(conditions, emptyCounts: true), at: phrase.position)
        result.append(.conditional(condition, then: then, otherwise: otherwise))
        return result
    }

    /// `if (secret == null) return "default";`
    private mutating func branch(_ phrase: Phrase) -> [Statement]? {
        guard phrase.items.count > 1, case .expression(let head) = phrase.items[0], case .group("(", _) = head.kind,
            let value = phrase.conditionValue
        else { return nil }
        let asked = expression(value)
        var skips = 0
        let rest = Phrase(items: Array(phrase.items.dropFirst()), separator: phrase.separator)
        let then = statements(rest, before: nil, rest: [], skips: &skips)
        return [.expression(asked), .conditional(Conditions.normal(asked), then: then, otherwise: [])]
    }

    /// `!ok` of `secret, ok := …` is about the secret.
    private func companion(of condition: Expression) -> Expression {
        guard case .operation("!", let operands) = condition.kind, let name = operands.first?.name,
            let value = companions[name]
        else { return condition }
        return Expression(.operation("!", [value]), at: condition.position)
    }

    /// `raise "…" if secret.nil?`, `throw … unless …`
    mutating func modified(_ phrase: Phrase) -> [Statement]? {
        guard
            let at = phrase.items.firstIndex(where: { item in
                if case .expression(let e) = item, case .word(let word) = e.kind {
                    word == "if" || word == "unless"
                } else {
                    false
                }
            }), at > 0, at + 1 < phrase.items.count, grammar.hasCommandCalls
        else { return nil }
        var skips = 0
        let main = Phrase(items: Array(phrase.items[..<at]), separator: "")
        let body = statements(main, before: nil, rest: [], skips: &skips)
        let head = Phrase(items: Array(phrase.items[(at + 1)...]), separator: "")
        var isNegated = false
        if case .expression(let e) = phrase.items[at], case .word("unless") = e.kind { isNegated = true }
        let condition =
            head.conditionValue.map { Conditions.normal(expression($0), isNegated: isNegated) }
            ?? Expression(.other, at: phrase.position)
        return [.conditional(condition, then: body, otherwise: [])]
    }
}

extension Phrase {
    /// Where the block of an `if` begins, or what stops in its place.
    fileprivate var blockIndex: Int? { items.firstIndex { $0.block != nil || $0.isStopWord } }
}

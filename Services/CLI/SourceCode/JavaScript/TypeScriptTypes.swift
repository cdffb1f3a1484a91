extension JavaScriptExpressions {
    /// A type, which says nothing about keys and is passed over.
    mutating func passType() {
        var isOperand = true
        var steps = 0
        while !cursor.isAtEnd, steps < 2000 {
            steps += 1
            let token = cursor.current
            switch token.kind {
            case .word:
                if ["keyof", "typeof", "readonly", "unique", "infer", "asserts", "new", "abstract"].contains(token.text)
                {
                    cursor.advance()
                    isOperand = true
                } else if isOperand {
                    cursor.advance()
                    isOperand = false
                } else if token.text == "is" || token.text == "extends" {
                    cursor.advance()
                    isOperand = true
                } else {
                    return
                }
            case .string, .number:
                guard isOperand else { return }
                cursor.advance()
                isOperand = false
            case .lineEnd:
                // A union may go on with the next line.
                guard cursor.peek().isMark("|") || cursor.peek().isMark("&") || isOperand && steps > 1 else { return }
                cursor.advance()
            case .mark:
                switch token.text {
                case "{", "(":
                    guard isOperand else { return }
                    cursor.passBrackets()
                    isOperand = false
                    if token.text == "(", cursor.isMark("=>"), !isBodyBehindArrow {
                        cursor.advance()
                        isOperand = true
                    }
                case "[":
                    cursor.passBrackets()
                    isOperand = false
                case "<": passAngles()
                case ".":
                    cursor.advance()
                    isOperand = true
                case "|", "&":
                    cursor.advance()
                    isOperand = true
                default: return
                }
            }
        }
    }

    /// `(): (x) => T => {…}` is rare: a block behind the arrow is a function's body, and the brackets were its type.
    private var isBodyBehindArrow: Bool { cursor.peek().isMark("{") }

    /// `<…>` of type parameters or arguments.
    mutating func passAngles() {
        var level = 0
        var steps = 0
        while !cursor.isAtEnd, steps < 500 {
            steps += 1
            if cursor.isMark("<") { level += 1 }
            if cursor.isMark(">") { level -= 1 }
            if ["{", "(", "["].contains(cursor.current.text), cursor.current.kind == .mark {
                cursor.passBrackets()
            } else {
                cursor.advance()
            }
            if level == 0 { return }
        }
    }
}

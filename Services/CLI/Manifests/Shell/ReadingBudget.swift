/// How much work one manifest may ask for. Names that stand for two of the next double what is to be done with each step;
/// what lies beyond the budget is not followed.
final class ReadingBudget {
    private var left: Int

    init(_ steps: Int) { left = steps }

    /// Whether one more step may be taken.
    func take() -> Bool {
        left -= 1
        return left >= 0
    }
}

/// The blocks of a farm as a plan: where the farm says where they stand, there; else in the order of their codes.
struct BlockPlan: Sendable {
    struct Cell: Sendable {
        let address: PageText
        /// `F001-005 Row five: growing`
        let label: PageText
        let state: StateMark
        /// The end of the code, which is on the sign.
        let number: PageText
        let x: PageText
        let y: PageText
        let textX: PageText
        let letterY: PageText
        let numberY: PageText
    }

    /// Of a cell, in units of the drawing; one is a CSS pixel where there is room.
    static let cell = (width: 44, height: 46)
    static let gap = 4
    /// Columns where blocks have no place.
    static let columns = 8
    /// A plan that is larger is drawn in the order of codes.
    static let largest = 40

    let width: PageText
    let height: PageText
    let cells: [Cell]

    /// Nil where there is nothing to draw.
    init?(_ blocks: [BlockDocument], _ texts: Texts) {
        guard !blocks.isEmpty else { return nil }
        let places = Self.places(blocks.map(Self.position))
        let step = (x: Self.cell.width + Self.gap, y: Self.cell.height + Self.gap)
        let columns = (places.map(\.0).max() ?? 0) + 1
        let rows = (places.map(\.1).max() ?? 0) + 1
        width = PageText(String(columns * step.x - Self.gap))
        height = PageText(String(rows * step.y - Self.gap))
        cells = zip(blocks, places).map { block, place in
            let (x, y) = (place.0 * step.x, place.1 * step.y)
            let name = block.name.map { " \($0)" } ?? ""
            return Cell(
                address: PageText(FarmAddress.block(block.id, of: block.farmID)),
                label: PageText("\(block.code)\(name): \(StateMark.word(block.state, texts))"),
                state: StateMark(block.state, texts),
                number: PageText(String((block.code.split(separator: "-").last ?? "").suffix(6))),
                x: PageText(String(x)), y: PageText(String(y)), textX: PageText(String(x + Self.cell.width / 2)),
                letterY: PageText(String(y + 21)), numberY: PageText(String(y + 38)))
        }
    }

    private static func position(_ block: BlockDocument) -> (Int, Int)? {
        guard let x = block.positionX, let y = block.positionY else { return nil }
        return (x, y)
    }

    /// Column and row of each. Gaps of a plan are kept between neighbours and closed where nobody stands: a farm numbers its
    /// cells as it likes.
    static func places(_ positions: [(Int, Int)?]) -> [(Int, Int)] {
        let known = positions.compactMap { $0 }
        let columns = Array(Set(known.map(\.0))).sorted()
        let rows = Array(Set(known.map(\.1))).sorted()
        let isDistinct = Set(known.map { "\($0.0),\($0.1)" }).count == known.count
        guard known.count == positions.count, isDistinct, columns.count <= largest, rows.count <= largest else {
            return positions.indices.map { ($0 % Self.columns, $0 / Self.columns) }
        }
        return known.map { (columns.firstIndex(of: $0.0) ?? 0, rows.firstIndex(of: $0.1) ?? 0) }
    }
}

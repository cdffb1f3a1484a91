/// What each crop was to give and gave so far: two bars to one scale, beside the figures, which say the same.
struct YieldChart: Sendable {
    struct Row: Sendable {
        let name: PageText
        let predicted: PageText
        let actual: PageText
        let efficiency: PageText
        /// Lengths of the bars, of `full`.
        let predictedLength: PageText
        let actualLength: PageText
    }

    /// Of the longest bar, in units of the drawing.
    static let full = 200.0

    let rows: [Row]

    init(_ crops: [DashboardDocument.CropShare], _ figures: FarmFigures) {
        let largest = crops.flatMap { [$0.yield.predicted, $0.yield.actual] }.max() ?? 0
        func length(_ amount: Double) -> PageText {
            guard largest > 0, amount > 0 else { return "0" }
            // What is little is still seen.
            return PageText(String(max(1, Int((amount / largest * Self.full).rounded()))))
        }
        rows = crops.map { crop in
            Row(
                name: PageText(crop.name), predicted: PageText(figures.kilograms(crop.yield.predicted)),
                actual: PageText(figures.kilograms(crop.yield.actual)),
                efficiency: PageText(figures.efficiency(crop.yield, isJudged: false)),
                predictedLength: length(crop.yield.predicted), actualLength: length(crop.yield.actual))
        }
    }
}

/// Harvests by month: columns, and the same as a table.
struct MonthChart: Sendable {
    struct Column: Sendable {
        /// `2026-11`
        let month: PageText
        let label: PageText
        let amount: PageText
        let x: PageText
        let y: PageText
        let height: PageText
        let labelX: PageText
    }

    static let size = (width: 300.0, height: 120.0)

    let columns: [Column]
    let columnWidth: PageText
    /// Of the highest column.
    let highest: PageText
    let description: PageText

    /// Nil where nothing was harvested.
    /// - Parameter groups: in the order of time.
    init?(_ groups: [StatisticsDocument.Group], _ figures: FarmFigures) {
        let months = groups.suffix(13)
        guard let most = months.max(by: { $0.figures.harvested < $1.figures.harvested }),
            most.figures.harvested > 0
        else { return nil }
        let step = Self.size.width / Double(max(months.count, 6))
        columnWidth = PageText(FarmFigures.amount((step * 0.72 * 10).rounded() / 10))
        highest = PageText(figures.kilograms(most.figures.harvested))
        description = PageText(
            figures.texts(
                "farms.months_described",
                [
                    "count": String(months.count), "month": BoundedText.line(most.key, maximumBytes: 10),
                    "amount": figures.kilograms(most.figures.harvested),
                ]))
        columns = months.enumerated().map { index, group in
            let height = group.figures.harvested / most.figures.harvested * Self.size.height
            let x = Double(index) * step
            return Column(
                month: PageText(group.key), label: PageText(String(group.key.suffix(2))),
                amount: PageText(figures.kilograms(group.figures.harvested)),
                x: PageText(Self.coordinate(x + step * 0.14)), y: PageText(Self.coordinate(Self.size.height - height)),
                height: PageText(Self.coordinate(height)), labelX: PageText(Self.coordinate(x + step / 2)))
        }
    }

    /// Tenths of a unit are finer than a pixel.
    private static func coordinate(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}

import CQREncode

/// A QR code (ISO/IEC 18004) by libqrencode, as one path that a page's own SVG draws: pages allow no inline style, and
/// hold nothing but text.
struct QRSymbol: Sendable {
    /// The text is longer than a QR code takes.
    struct TooLong: Error, Equatable {}

    /// Modules of a side.
    let width: Int
    /// By rows.
    private let isDark: [Bool]
    /// Modules of light around it (ISO/IEC 18004 §5.3.8).
    private static let quietZone = 4

    /// With the level of correction M, which survives a scratched screen.
    init(_ text: String) throws(TooLong) {
        let bytes = Array(text.utf8)
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else { throw TooLong() }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        self.width = width
        // The lowest bit tells dark; the others are of no concern here.
        isDark = (0..<width * width).map { code.pointee.data[$0] & 1 == 1 }
    }

    func isDark(row: Int, column: Int) -> Bool { isDark[row * width + column] }

    /// Modules of a side with the quiet zone.
    var side: Int { width + 2 * Self.quietZone }

    /// The dark modules as an SVG path in units of modules, the quiet zone left free: a run of each row at a time.
    var path: String {
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                guard isDark(row: row, column: column) else {
                    column += 1
                    continue
                }
                let start = column
                while column < width && isDark(row: row, column: column) { column += 1 }
                path += "M\(start + Self.quietZone) \(row + Self.quietZone)h\(column - start)v1h-\(column - start)z"
            }
        }
        return path
    }
}

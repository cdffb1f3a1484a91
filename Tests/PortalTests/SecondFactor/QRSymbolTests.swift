import Testing

@testable import Portal

@Suite("QR codes") struct QRSymbolTests {
    private let uri =
        "otpauth://totp/Lockstep:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Lockstep"

    /// ISO/IEC 18004 §5.3.2: seven modules: dark ring, light ring, dark square.
    private func isFinder(_ symbol: QRSymbol, row: Int, column: Int) -> Bool {
        (0..<7).allSatisfy { y in
            (0..<7).allSatisfy { x in
                let ring = max(abs(y - 3), abs(x - 3))
                return symbol.isDark(row: row + y, column: column + x) == (ring != 2)
            }
        }
    }

    @Test("it has a QR code's size and its three finder patterns, and no fourth")
    func finders() throws {
        let symbol = try QRSymbol(uri)
        let far = symbol.width - 7
        #expect((symbol.width - 17) % 4 == 0)
        #expect((21...177).contains(symbol.width))
        #expect(isFinder(symbol, row: 0, column: 0))
        #expect(isFinder(symbol, row: 0, column: far))
        #expect(isFinder(symbol, row: far, column: 0))
        #expect(!isFinder(symbol, row: far, column: far))
    }

    @Test("another text is another picture")
    func differs() throws {
        #expect(try QRSymbol(uri).path != QRSymbol(uri + "2").path)
    }

    @Test("the path draws each dark module once and no light one, inside of the quiet zone")
    func drawing() throws {
        let symbol = try QRSymbol(uri)
        var drawn: Set<[Int]> = []
        for run in symbol.path.split(separator: "M") {
            let numbers = run.split { !$0.isNumber }.compactMap { Int($0) }
            try #require(numbers.count == 5)
            for x in numbers[0]..<numbers[0] + numbers[2] {
                #expect(drawn.insert([numbers[1] - 4, x - 4]).inserted)
            }
        }
        for row in 0..<symbol.width {
            for column in 0..<symbol.width where symbol.isDark(row: row, column: column) {
                #expect(drawn.remove([row, column]) != nil)
            }
        }
        #expect(drawn.isEmpty)
        #expect(symbol.side == symbol.width + 8)
        #expect(symbol.path.allSatisfy { "Mhvz- 0123456789".contains($0) })
    }

    @Test("more than a QR code holds is refused")
    func tooLong() {
        #expect(throws: QRSymbol.TooLong.self) { try QRSymbol(String(repeating: "x", count: 3000)) }
    }
}

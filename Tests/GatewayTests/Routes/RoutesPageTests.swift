import Gateway
import Glibc
import Testing

/// An example that does not work is worse than none.
@Suite("docs/ROUTES.md")
struct RoutesPageTests {
    private static func page() throws -> String {
        let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
        let file = try #require(fopen(root + "/docs/ROUTES.md", "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte >= 0 { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func blocks(_ page: String) -> [String] {
        var blocks: [String] = []
        for part in page.split(separator: "```yaml\n").dropFirst() {
            if let end = part.firstRange(of: "```") { blocks.append(String(part[..<end.lowerBound])) }
        }
        return blocks
    }

    @Test("its example is taken by the gateway as it stands")
    func example() throws {
        let example = try #require(Self.blocks(try Self.page()).first)
        let table = try RoutesFile.load(Array(example.utf8))
        #expect(table.routes.map(\.name) == ["plant-admin", "login", "one-report", "plant", "operations"])
    }

    @Test("its other pieces are read")
    func pieces() throws {
        let blocks = Self.blocks(try Self.page())
        #expect(blocks.count == 3)
        let headers = blocks[1].split(separator: "\n").map { "  \($0)\n" }.joined()
        _ = try RoutesFile.load(Array("- prefix: /\n  upstream: plant\n\(headers)".utf8))
        _ = try RoutesFile.load(Array("version: 1\n\(blocks[2])\nroutes: [{prefix: /, upstream: reports}]".utf8))
    }

    @Test("it explains every member")
    func members() throws {
        let page = try Self.page()
        let error = #expect(throws: RoutesFile.Faults.self) {
            try RoutesFile.load(Array("- {prefix: /, upstream: plant, zzzzzzzz: 1}".utf8))
        }
        let names = try #require(error?.faults.first?.mend.split(separator: "known are ").last)
        for name in names.split(separator: ", ") { #expect(page.contains("`\(name)`"), "\(name)") }
    }
}

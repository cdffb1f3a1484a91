import ServiceKit
import Testing

@testable import PlantKit

@Suite("Schemas read from types")
struct SchemaOfTypeTests {
    enum Colour: String, Codable, CaseIterable { case red, green }
    struct Leaf: Codable {
        var name: String
        var colour: Colour
    }
    struct Kilograms: Codable {
        let grams: Int
        init(from decoder: any Decoder) throws {
            grams = Int(try decoder.singleValueContainer().decode(Double.self) * 1000)
        }
    }
    struct Tree: Codable {
        var id: String
        var height: Double
        var isOld: Bool
        var rings: Int64
        var small: Int8
        var weight: Kilograms
        var leaf: Leaf?
        var leaves: [Leaf]
        var notes: [String: String]
        var planted: Timestamp
        var day: CivilDate?
        var nick: String?
        var count: Int?
        var isTall: Bool?
        var children: [Tree]

        enum CodingKeys: String, CodingKey {
            case id, height, rings, small, weight, leaf, leaves, notes, planted, day, nick, count, children
            case isOld = "is_old"
            case isTall = "is_tall"
        }
    }

    private static let leaf = APISchema.object([
        .required("name", .text()), .required("colour", .choice(["red", "green"])),
    ]).named("SchemaOfTypeTestsLeaf")

    @Test("members, kinds, what may be absent, and nested structures")
    func structures() throws {
        let schema = APISchema.of(Tree.self)
        guard case .component("SchemaOfTypeTestsTree", let tree) = schema.kind else {
            Issue.record("no component: \(schema)")
            return
        }
        let expected = APISchema.object([
            .required("id", .text()), .required("height", .number()), .required("is_old", .boolean),
            .required("rings", .integer()), .required("small", .integer(-128...127)),
            .required("weight", .number()), .optional("leaf", Self.leaf),
            .required("leaves", .array(of: Self.leaf)), .required("notes", .map(of: .text())),
            .required("planted", .time), .optional("day", .day), .optional("nick", .text()),
            .optional("count", .integer()), .optional("is_tall", .boolean),
            .required("children", .array(of: APISchema(.reference(name: "SchemaOfTypeTestsTree")))),
        ])
        guard case .object(let fields, _) = tree.kind, case .object(let wanted, _) = expected.kind else {
            Issue.record("no object: \(tree)")
            return
        }
        #expect(fields.map(\.name).sorted() == wanted.map(\.name).sorted())
        for field in wanted { #expect(fields.contains(field), "\(field.name): \(fields)") }
    }

    struct Bottle: Codable {
        let size: Int
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            size = try container.decode(Int.self)
            guard size > 0 else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "an empty bottle")
            }
        }
    }
    enum Shape: Codable { case round(Int), square(Int) }
    struct Pair: Codable { var first: [Int: String] }

    @Test(
        "what can't be followed says why",
        arguments: [
            (APISchema.of(Bottle.self), "an empty bottle"), (APISchema.of(Shape.self), "APIDescribed"),
            (APISchema.of(Pair.self), "APIDescribed"),
        ])
    func faults(_ schema: APISchema, words: String) {
        #expect(schema.faults.count == 1)
        #expect(schema.faults.first?.contains(words) == true, "\(schema.faults)")
    }

    struct Box<Content: Codable>: Codable { var content: Content }
    private struct Hidden: Codable { var a: Int }
    enum TreeOperations { struct Entry {} }

    @Test("names are of types, without modules")
    func names() {
        #expect(APISchema.name(of: Leaf.self) == "SchemaOfTypeTestsLeaf")
        #expect(APISchema.name(of: Box<Leaf>.self) == "SchemaOfTypeTestsBoxOfSchemaOfTypeTestsLeaf")
        #expect(APISchema.name(of: Hidden.self) == "SchemaOfTypeTestsHidden")
        #expect(APISchema.name(of: TreeOperations.Entry.self) == "SchemaOfTypeTestsTreeEntry")
        #expect(APISchema.of(Leaf.self).named("Blade").json == ["$ref": "#/components/schemas/Blade"])
    }
}

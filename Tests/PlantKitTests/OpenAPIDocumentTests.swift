import HTTPKit
import HTTPTypes
import Testing

@testable import PlantKit

@Suite("The OpenAPI document")
struct OpenAPIDocumentTests {
    private static let tree = APISchema.object([.required("id", .identifier), .optional("name", .text().nullable)])
        .named("Tree")

    static func document(_ operations: [Operation]) -> OpenAPIDocument {
        OpenAPIDocument(
            title: "Trees", version: "1.0.0", description: "All of them.", tags: [.init("Trees", "Big plants.")],
            operations: operations)
    }

    static let list = Operation(
        "listTrees", .get, "/api/v1/trees", summary: "Lists trees.", tag: "Trees", access: .permission("trees.view"),
        parameters: APIParameter.paging, answers: [.page(of: tree)])
    static let change = Operation(
        "updateTree", .patch, "/api/v1/trees/{treeId}", summary: "Changes a tree.", tag: "Trees", access: .anyToken,
        body: .mergePatch(.any), answers: [.one(tree)], refusals: [.conflict], precondition: .ifMatch)
    static let make = Operation(
        "createTree", .post, "/api/v1/trees", summary: "Plants a tree.", tag: "Trees",
        access: .permission("trees.plant"), body: .json(tree, example: ["id": "t-1"]), answers: [.created(tree)])

    @Test("the same operations make the same bytes, whose members are in order")
    func deterministic() {
        let operations = [Self.list, Self.change, Self.make]
        let text = String(decoding: Self.document(operations).bytes, as: UTF8.self)
        #expect(text == String(decoding: Self.document(operations).bytes, as: UTF8.self))
        #expect(text.hasPrefix(#"{"openapi":"3.1.0","jsonSchemaDialect":"#))
        #expect(Self.document(operations).faults == [])
    }

    @Test(
        "what follows from access, body and conditions is refused in the document too",
        arguments: [
            (Self.list, ["200", "400", "401", "403", "414", "422", "503"]),
            (Self.change, ["200", "400", "401", "403", "404", "409", "412", "413", "414", "415", "422", "428", "503"]),
            (Self.make, ["201", "400", "401", "403", "413", "414", "415", "422", "503"]),
        ])
    func statuses(_ operation: Operation, expected: [String]) {
        guard case .object(let members)? = operation.json["responses"] else {
            Issue.record("no responses")
            return
        }
        #expect(members.map(\.name) == expected)
    }

    @Test("a refusal's codes are told, and equal ones are one component")
    func problems() throws {
        let document = Self.document([Self.list, Self.make])
        let responses = try #require(document.json["components"]?["responses"])
        let refused = try #require(responses["TokenRefused"])
        #expect(refused["headers"]?["WWW-Authenticate"] != nil)
        let text = String(decoding: refused.bytes, as: UTF8.self)
        #expect(text.contains(#""enum":["missing_token","malformed_token""#), "\(text)")
        #expect(text.contains("#/components/schemas/Problem"))
    }

    @Test("security: a bearer token and the permission that is needed, or none")
    func security() {
        #expect(Self.list.json["security"] == [["token": []]])
        #expect(Self.list.json["x-permission"] == "trees.view")
        let open = Operation("a", .get, "/a", summary: "a", tag: "Trees", access: .open, answers: [.noContent])
        #expect(open.json["security"] == [])
    }

    static let faulty: [(operations: [Operation], words: String)] = [
        ([list, Operation("listTrees", .get, "/b", summary: "", tag: "Trees", access: .open, answers: [])], "twice"),
        (
            [list, Operation("b", .get, "/api/v1/trees", summary: "", tag: "Trees", access: .open, answers: [])],
            "told twice"
        ),
        (
            [
                change,
                Operation("b", .get, "/api/v1/trees/{id}", summary: "", tag: "Trees", access: .open, answers: []),
            ],
            "with other names"
        ),
        (
            [
                Operation(
                    "b", .get, "/b", summary: "", tag: "Trees", access: .open, parameters: [.path("id", "Which.")],
                    answers: [])
            ], "no {id}"
        ),
        ([Operation("b", .get, "/b", summary: "", tag: "Bushes", access: .open, answers: [])], "no tag Bushes"),
        (
            [
                list,
                Operation(
                    "b", .get, "/b", summary: "", tag: "Trees", access: .open,
                    answers: [.ok(APISchema.object([]).named("Tree"))]),
            ], "called Tree too"
        ),
        (
            [
                Operation(
                    "b", .get, "/b", summary: "", tag: "Trees", access: .open,
                    answers: [.ok(APISchema(.unknown(reason: "it is odd")))])
            ], "it is odd"
        ),
    ]

    @Test("slips are told", arguments: faulty)
    func faults(_ operations: [Operation], words: String) {
        let faults = Self.document(operations).faults
        #expect(faults.contains { $0.contains(words) }, "\(faults)")
    }

    @Test(
        "JSON is written as RFC 8259 has it",
        arguments: [
            (OrderedJSON.text("a\"\\\n\u{1}ü"), #""a\"\\\n\u0001ü""#), (.number(0.5), "0.5"), (.number(3), "3"),
            (.number(.nan), "null"), (["b": 1, "a": [nil, true]], #"{"b":1,"a":[null,true]}"#), ([], "[]"),
        ] as [(OrderedJSON, String)])
    func json(_ value: OrderedJSON, text: String) {
        #expect(String(decoding: value.bytes, as: UTF8.self) == text)
    }

    @Test("null beside a reference, a choice and a type")
    func nullable() {
        #expect(Self.tree.nullable.json == ["anyOf": [["$ref": "#/components/schemas/Tree"], ["type": "null"]]])
        #expect(APISchema.choice(["a"]).nullable.json == ["type": ["string", "null"], "enum": ["a", nil]])
        #expect(APISchema.boolean.nullable.json == ["type": ["boolean", "null"]])
    }
}

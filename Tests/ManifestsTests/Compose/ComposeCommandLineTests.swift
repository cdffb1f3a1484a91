import Testing

@testable import Manifests

@Suite("A line that runs compose")
struct ComposeCommandLineTests {
    static let lines: [(line: String, files: [[String]])] = [
        ("docker compose up", [[]]), ("docker-compose up -d", [[]]), ("docker compose logs -f", []),
        ("docker compose down", []),
        ("docker compose -f a.yml up", [["a.yml"]]),
        ("docker compose -f a.yml -f b.yml logs -f x.yml", [["a.yml", "b.yml"]]),
        ("docker-compose --file a.yml --file=b.yaml config", [["a.yml", "b.yaml"]]),
        ("docker compose -p x --ansi never -f a.yml build", [["a.yml"]]),
        ("docker compose -f a.yml pull && docker compose -f b.yml up", [["a.yml"], ["b.yml"]]),
        ("COMPOSE = docker compose -f a.yml -f b.yml", [["a.yml", "b.yml"]]),
        ("FLAGS=\"-f a.yml -f b.yml\" # compose", [["a.yml", "b.yml"]]),
        ("$(COMPOSE) -f a.yml up", [["a.yml"]]), ("COMPOSE_FILE=a.yml:b.yml make", [["a.yml", "b.yml"]]),
        ("  COMPOSE_FILE: a.yml:b.yml", [["a.yml", "b.yml"]]),
        ("\"dev\": \"docker compose -f a.yml up\",", [["a.yml"]]),
        ("Run `docker compose -f a.yml up`.", [["a.yml"]]), ("ID=$(docker compose -f a.yml ps -q)", [["a.yml"]]),
        ("docker compose -f a.$ENV.yml -f ${DIR}/b.yml up", [["a.\u{1}.yml", "\u{1}/b.yml"]]),
        ("docker compose -f a.${{ inputs.env }}.yml up", [["a.\u{1}.yml"]]), ("kubectl apply -f a.yml", [["a.yml"]]),
        ("sh -c 'docker-compose -f a.yml up'", [["a.yml"]]), ("docker compose -f", []), ("", []), ("compose", []),
    ]

    @Test("names its files", arguments: lines)
    func files(line: String, files: [[String]]) {
        #expect(ComposeCommandLine.commands(in: line).map(\.files) == files)
    }

    @Test("names its folder, profiles and variables")
    func options() throws {
        let line = "cd deploy && docker compose --env-file .env.prod --profile a --profile=b -f x.yml up"
        let command = try #require(ComposeCommandLine.commands(in: line).first)
        #expect(command.folder == "deploy")
        #expect(command.environmentFiles == [".env.prod"])
        #expect(command.profiles == ["a", "b"])
    }
}

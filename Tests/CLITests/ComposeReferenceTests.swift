import Foundation
import Testing

@testable import CLI
@testable import Manifests

/// Held to docker-compose itself, where it is installed.
@Suite("docker-compose config")
struct ComposeReferenceTests {
    static let program = "/usr/bin/docker-compose"

    @Test("gives the same environment, from the same .env and the same file")
    func sameEnvironment() throws {
        guard FileManager.default.isExecutableFile(atPath: Self.program) else {
            print("skipped: \(Self.program) is not installed")
            return
        }
        let dotEnv = """
            # comment
            PLAIN=plain
            SPACED = spaced
            COMMENT=val # comment
            HASH=val#none
            export EXPORTED=exported
            DOUBLE="dq \\n x"
            SINGLE='sq # \\n'
            ESCAPED="a\\"b"
            APOSTROPHE='it\\'s'
            REFERENCE=${PLAIN}-x
            QUOTED_REFERENCE="${PLAIN}-y"
            DEFAULTED=${NOTHING:-dflt}
            EMPTY=
            LINES="two
            lines"
            OVERRULED=file
            """
        let compose = """
            version: "3.9"
            x-common: &common
              MERGED: merged
              OVERRIDDEN: no
            services:
              a:
                image: x
                env_file: other.env
                environment:
                  <<: *common
                  OVERRIDDEN: "yes"
                  PLAIN:
                  NOT_SET:
                  A: "${PLAIN} ${SPACED} ${COMMENT} ${HASH} ${EXPORTED}"
                  B: "${DOUBLE}|${SINGLE}|${ESCAPED}|${APOSTROPHE}"
                  C: "${REFERENCE} ${QUOTED_REFERENCE} ${DEFAULTED}"
                  D: "${EMPTY:-d}${EMPTY-d}${NOTHING-n}${PLAIN:?no}${EMPTY?no}"
                  E: "${LINES}"
                  F: "${OVERRULED}"
                  G: "cost: 5$$ $PLAIN"
                  H: 8000
                  I: 1.5
                  FROM_BOTH: environment
            """
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // compose 1 reads a bare no as a boolean and refuses it, as we do.
        let text = compose.replacing("OVERRIDDEN: no", with: "OVERRIDDEN: \"no\"")
        let files = [".env": dotEnv, "docker-compose.yml": text, "other.env": "FROM_FILE=file\nFROM_BOTH=file\n"]
        for (name, content) in files { try Data(content.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }

        let shell = ["OVERRULED": "shell", "PATH": "/usr/bin:/bin"]
        let answer = try BuiltLockstep.run(
            Self.program, ["config"], environment: shell, folder: folder)
        #expect(answer.status == 0, "\(answer.err)")
        // What it prints is escaped for being read again.
        let reference = try ComposeReader.read(
            answer.out, file: "reference", directory: folder, variables: [:], readFile: { _ in nil })

        let parsed = try DotEnv.parse(dotEnv, file: ".env", environment: shell)
        let ours = try ComposeReader.read(
            text, file: "docker-compose.yml", directory: folder,
            variables: parsed.values.merging(shell) { _, shell in shell },
            readFile: { FileManager.default.contents(atPath: $0).map { String(decoding: $0, as: UTF8.self) } })
        let values = try #require(ours.service("a")).environmentValues
        #expect(values == reference.service("a")?.environmentValues)
        #expect(values.count == 14)
    }
}

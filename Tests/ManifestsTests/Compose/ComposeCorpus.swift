/// Small projects in everything that docker-compose 1.29 and compose 2 read alike, made from a number.
struct ComposeCorpus {
    struct Project {
        let files: [String: String]
        /// In the order of `-f`; the first two are what compose takes by itself where the second is the override.
        let stack: [String]
    }

    private var state: UInt64
    private var files: [String: String] = [:]
    private var known: [String] = []

    private static let names = ["ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO_1", "_FOX", "golf"]
    private static let words = [
        "x", "value", "a b", "k=v", "http://h:1/p?q=1", "größe", "a:b", "#no", "it's", "[1]", "{}", "*", "&a",
    ]

    static func project(_ number: Int) -> Project {
        var corpus = ComposeCorpus(state: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        return corpus.make()
    }

    private init(state: UInt64) { self.state = state }

    /// SplitMix64: the same projects on every machine.
    private mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    private mutating func one<T>(of list: [T]) -> T { list[next(list.count)] }

    private mutating func chance(_ parts: Int) -> Bool { next(parts) == 0 }

    private mutating func make() -> Project {
        if !chance(5) { files[".env"] = environmentFile(knows: true) }
        files["one.env"] = environmentFile(knows: false)
        files["sub/two.env"] = environmentFile(knows: false)
        files["sub/common.yml"] = "services:\n" + service("shared", in: "sub", extends: nil)
        var text = chance(2) ? "version: \"3.9\"\n" : ""
        text += "x-common: &common\n" + map(indent: "  ", nulls: false) + "services:\n"
        text += "  base:\n    image: base\n" + environment(merging: chance(2))
        for index in 0..<(2 + next(3)) {
            let extends = [nil, nil, "{service: base}", "{file: sub/common.yml, service: shared}"][next(4)]
            text += service("s\(index)", in: "", extends: extends, merges: true)
        }
        files["docker-compose.yml"] = text
        guard chance(2) else { return Project(files: files, stack: ["docker-compose.yml"]) }
        let other = chance(2) ? "docker-compose.override.yml" : "docker-compose.more.yml"
        files[other] =
            "services:\n  s0:\n" + environment(merging: false) + "  s1:\n    env_file: [one.env]\n"
            + service("own", in: "", extends: nil)
        return Project(files: files, stack: ["docker-compose.yml", other])
    }

    private mutating func service(_ name: String, in folder: String, extends: String?, merges: Bool = false) -> String {
        var text = "  \(name):\n    image: \(name)\n"
        if let extends { text += "    extends: \(extends)\n" }
        let one = folder.isEmpty ? "one.env" : "../one.env"
        let two = folder.isEmpty ? "./sub/two.env" : "two.env"
        switch next(4) {
        case 0: text += "    env_file: \(one)\n"
        case 1: text += "    env_file:\n      - \(one)\n      - \(two)\n"
        default: break
        }
        return chance(5) ? text : text + environment(merging: merges && chance(3))
    }

    private mutating func environment(merging: Bool) -> String {
        if merging { return "    environment:\n      <<: *common\n" + map(indent: "      ", nulls: true) }
        if chance(2) { return "    environment:\n" + map(indent: "      ", nulls: true) }
        var text = "    environment:\n"
        for name in someNames() { text += "      - " + Self.quoted(chance(6) ? name : "\(name)=\(value())") + "\n" }
        return text
    }

    private mutating func map(indent: String, nulls: Bool) -> String {
        var text = ""
        for name in someNames() {
            switch next(nulls ? 8 : 6) {
            case 0: text += "\(indent)\(name): \(one(of: ["8000", "1.5", "-3", "010", "0x1f", "1_000", "0"]))\n"
            case 1: text += "\(indent)\(name): plain-\(one(of: ["word", "1a", "12:x", "~x"]))\n"
            case 6: text += "\(indent)\(name):\n"
            case 7: text += "\(indent)\(name): \(one(of: ["null", "~"]))\n"
            default: text += "\(indent)\(name): \(Self.quoted(value()))\n"
            }
        }
        return text
    }

    private mutating func someNames() -> [String] {
        let first = next(Self.names.count)
        return (0...(1 + next(4))).map { Self.names[(first + $0) % Self.names.count] }
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private mutating func value() -> String {
        var text = ""
        for _ in 0...next(3) {
            let name = one(of: Self.names)
            let sign = chance(2) ? ":" : ""
            switch next(8) {
            case 0: text += "$\(name)/"
            case 1: text += "${\(name)}"
            case 2: text += "${\(name)\(sign)-\(one(of: Self.words.filter { !$0.contains("}") }))}"
            case 3: text += "${\(name)\(sign)-}"
            case 4: text += "$$"
            case 5: text += known.isEmpty ? "" : "${\(one(of: known))\(sign)?must be set}"
            default: text += one(of: Self.words)
            }
        }
        return text
    }

    /// - Parameter knows: its names may be required afterwards, since they have a value.
    private mutating func environmentFile(knows: Bool) -> String {
        var text = "# a comment\n\n"
        for name in someNames() where !name.hasPrefix("_") || knows {
            switch next(9) {
            case 0: text += "\(name)=\n"
            case 1: text += "export \(name)=exported\n"
            case 2: text += "\(name)=\"dq \(one(of: ["x", "\\n", "\\\"q\\\"", "# no comment"]))\"\n"
            case 3: text += "\(name)='sq \(one(of: ["x", "# no", "\\'q\\'", "$x"]))'\n"
            // Compose 1 does not show an env_file what .env says, and compose 2 does.
            case 4: text += "\(name)=${\(knows ? one(of: Self.names) : "NOWHERE")}-ref\n"
            case 5: text += "\(name)=${NOWHERE:-dflt}\n"
            case 6: text += "\(name) = spaced # comment\n"
            default:
                text +=
                    "\(name)=\(one(of: ["plain", "a b", "k=v", "v#w", "1.0", "true", "'"]).replacing("'", with: "q"))\n"
            }
            let line = text.split(separator: "\n").last ?? ""
            if knows, !line.hasSuffix("="), !known.contains(name) { known.append(name) }
        }
        return text
    }
}

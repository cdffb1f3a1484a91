import PlantKit
import ServiceKit
import Testing

@Suite("The words behind plant seed")
struct SeedWordsTests {
    private static let seeds = [
        ModuleSeed(
            "farm", "farms",
            sizes: [
                .init("farms", "how many", usual: 2, in: 1...10), .init("blocks", "of each", usual: 24, in: 1...50),
            ]
        ) { _ in [] }
    ]

    @Test("without a name there is a list, with --help there is help")
    func asked() throws {
        #expect(try SeedWords([], among: Self.seeds) == .list)
        #expect(try SeedWords(["--help"], among: Self.seeds) == .list)
        #expect(try SeedWords(["farm", "--farms", "3", "--help"], among: Self.seeds) == .help(seed: "farm"))
        let help = Self.seeds[0].help.joined(separator: "\n")
        for word in ["--farms N", "--blocks N", "(24; 1 to 50)", "--until DAY", "--seed N", "--force"] {
            #expect(help.contains(word), "\(word)")
        }
    }

    @Test("what is given counts, what is not is the usual")
    func given() throws {
        guard
            case .run(let run) = try SeedWords(
                ["farm", "--blocks=7", "--until", "2026-06-01", "--seed", "9", "--force"], among: Self.seeds)
        else {
            Issue.record("no run")
            return
        }
        #expect(run.number == 9 && run.isForced && run.until?.text == "2026-06-01")
        #expect(Self.seeds[0].complete(run.sizes) == ["farms": 2, "blocks": 7])
    }

    @Test(
        "what is wrong is refused by name",
        arguments: [
            (["zoo"], "there is no seed zoo; there is farm"),
            (["farm", "5"], "5 is not understood"),
            (["farm", "--farms"], "--farms needs a value"),
            (["farm", "--farms", "0"], "--farms 0 is no whole number from 1 to 10"),
            (["farm", "--farms", "11"], "from 1 to 10"),
            (["farm", "--farms=many"], "--farms many is no whole number"),
            (["farm", "--seed", "100"], "--seed 100 is no whole number from 1 to 99"),
            (["farm", "--until", "2026-02-30"], "--until 2026-02-30 is no day"),
            (["farm", "--cows", "5"], "there is no option --cows"),
        ])
    func wrong(words: [String], reason: String) throws {
        let refusal = #expect(throws: SeedRefusal.self) { try SeedWords(words, among: Self.seeds) }
        #expect(refusal?.description.contains(reason) == true, "\(refusal?.description ?? "")")
    }
}

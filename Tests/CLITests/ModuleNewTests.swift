import Foundation
import Testing

@testable import CLI

@Suite("lockstep module new")
struct ModuleNewTests {
    /// By path below the repository.
    private static let model: [String: String] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let paths = [
            "Module/GeneratedSampleModule.swift", "Module/GeneratedSampleEntry.swift",
            "Module/GeneratedSampleEntryDraft.swift", "Tests/GeneratedSampleModuleTests.swift",
        ]
        return Dictionary(
            uniqueKeysWithValues: paths.map { path in
                let text = try? String(
                    contentsOf: root.appending(path: "Tests/GeneratedSample/\(path)"), encoding: .utf8)
                return ("Tests/GeneratedSample/\(path)", text ?? "")
            })
    }()

    private static let files = model.merging([
        "Package.swift": "// swift\nlet modules = [\"FarmManager\"]\nlet more = 1\n",
        "Services/Plant/Main/PlantMain.swift": """
        import FarmManager
        import Plant
        import SecretStores

        @main struct PlantMain {
            static let modules: [any PlantModule.Type] = [FarmManagerModule.self]
        }

        """,
        "scripts/arrows.txt": "Plant       -> PlantKit\nFarmManager -> PlantKit\nPlantMain   -> Plant FarmManager\n",
    ]) { $1 }

    @Test("makes four files and adds the module where modules are listed, each in the alphabet's order")
    func make() async throws {
        let trial = try Trial(files: Self.files)
        let answer = await trial.run("module", "new", "Irrigation")
        #expect(answer.status == 0, "\(answer.text)")
        #expect(answer.out == ["swift build && swift test --filter IrrigationTests"])
        #expect(trial.read("Package.swift")?.contains("let modules = [\"FarmManager\", \"Irrigation\"]\n") == true)
        let main = try #require(trial.read("Services/Plant/Main/PlantMain.swift"))
        #expect(main.hasPrefix("import FarmManager\nimport Irrigation\nimport Plant\n"))
        #expect(main.contains("[any PlantModule.Type] = [FarmManagerModule.self, IrrigationModule.self]"))
        let arrows = try #require(trial.read("scripts/arrows.txt"))
        #expect(arrows.hasSuffix("Irrigation  -> PlantKit\nPlantMain   -> Plant FarmManager Irrigation\n"))
        let module = try #require(trial.read("Services/Plant/Modules/Irrigation/IrrigationModule.swift"))
        #expect(module.contains("moduleName: \"irrigation\""))
        // Its package declarations use PlantKit's types.
        #expect(module.hasPrefix("package import PlantKit\n"))
        #expect(trial.read("Tests/IrrigationTests/IrrigationModuleTests.swift") != nil)
    }

    @Test("the files are the model's, which is built and tested here, with the module's names for the model's")
    func names() async throws {
        let trial = try Trial(files: Self.files)
        #expect(await trial.run("module", "new", "WaterStore").status == 0)
        let module = try #require(trial.read("Services/Plant/Modules/WaterStore/WaterStoreModule.swift"))
        for words in [
            "struct WaterStoreModule: PlantModule", "CREATE TABLE water_store_entries", "\"/api/v1/water-store\"",
            "displayName: \"Water store\"", "WaterStoreEntry.self",
        ] {
            #expect(module.contains(words), "\(words)")
        }
        for (path, _) in Self.model {
            let own = path.replacing("Tests/GeneratedSample/Module", with: "Services/Plant/Modules/WaterStore")
                .replacing("Tests/GeneratedSample/Tests", with: "Tests/WaterStoreTests")
                .replacing("GeneratedSample", with: "WaterStore")
            let text = try #require(trial.read(own), "\(own)")
            #expect(!text.lowercased().contains("sample"), "\(own)")
        }
    }

    @Test("a second one of the same name changes nothing")
    func twice() async throws {
        let trial = try Trial(files: Self.files)
        _ = await trial.run("module", "new", "WaterStore")
        let before = trial.read("Package.swift")
        let answer = await trial.run("module", "new", "WaterStore")
        #expect(answer.status == 64)
        #expect(answer.text.contains("WaterStoreModule.swift is there already"))
        #expect(trial.read("Package.swift") == before)
    }

    @Test("the model's own name is taken: two targets of one name would be no package")
    func modelsName() async throws {
        let trial = try Trial(files: Self.files)
        let answer = await trial.run("module", "new", "GeneratedSample")
        #expect(answer.status == 64)
        #expect(answer.text.contains("Tests/GeneratedSample is there already"))
        #expect(trial.read("Package.swift") == Self.files["Package.swift"])
    }

    @Test(
        "names that are none", arguments: ["irrigation", "I", "Water-Store", "Wässer", "../Etc", "A B", "1st"])
    func badNames(_ name: String) async throws {
        let trial = try Trial(files: Self.files)
        let answer = await trial.run("module", "new", name)
        #expect(answer.status == 64)
        #expect(answer.text.contains("can't name a module"))
        #expect(trial.read("Package.swift") == Self.files["Package.swift"])
    }

    @Test("elsewhere than in a clone nothing is written", arguments: files.keys.sorted())
    func elsewhere(_ missing: String) async throws {
        let trial = try Trial(files: Self.files.filter { $0.key != missing })
        let answer = await trial.run("module", "new", "Irrigation")
        #expect(answer.status == 64)
        #expect(answer.text.contains(missing))
        #expect(trial.read("Services/Plant/Modules/Irrigation/IrrigationModule.swift") == nil)
    }

    @Test("names of tables and routes", arguments: [("Irrigation", "irrigation"), ("WaterStore2", "water_store2")])
    func snake(_ name: String, _ snake: String) {
        #expect(ModulePlan.snakeCase(name) == snake)
    }
}

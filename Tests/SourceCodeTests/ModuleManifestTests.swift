import Evidence
import Testing

@testable import SourceCode

@Suite("Manifests of plugins")
struct ModuleManifestTests {
    @Test("settings of the core that a YAML manifest declares, as names and as entries")
    func yaml() {
        let text = """
            # a plugin
            module_name: "farm_manager"
            version: 1.8.0
            config:
              SECRET_KEY: secret   # no value of its own
              PAGE_SIZE: 50
              nested:
                cors_origins: ["*"]
            settings:
            - name: JWT_SECRET
              default: x
            - DATABASE_URL
            description: SECRET_KEY
            """
        #expect(
            YAMLManifestReader().facts(of: text, file: "plugins/farm/manifest.yaml").declaredSettings == [
                DeclaredSetting("SECRET_KEY", module: "farm_manager", at: position(5, 3)),
                DeclaredSetting("cors_origins", module: "farm_manager", at: position(8, 5)),
                DeclaredSetting("JWT_SECRET", module: "farm_manager", at: position(10, 3)),
                DeclaredSetting("DATABASE_URL", module: "farm_manager", at: position(12, 3)),
            ])
    }

    @Test("a manifest that names no module is another program's")
    func others() {
        let text = "config:\n  SECRET_KEY: x\n"
        #expect(YAMLManifestReader().facts(of: text, file: "manifest.yaml").isEmpty)
        #expect(JSONSettingsReader().facts(of: #"{"config": {"SECRET_KEY": 1}}"#, file: "manifest.json").isEmpty)
    }

    private func position(_ line: Int, _ column: Int) -> SourcePosition {
        SourcePosition(file: "plugins/farm/manifest.yaml", line: line, column: column)
    }
}

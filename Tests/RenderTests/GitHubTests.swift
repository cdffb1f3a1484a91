import Evidence
import Foundation
import Manifests
import Testing

@testable import Render

@Suite("the deploying workflow")
struct GitHubTests {
    private func jobs(_ target: String, _ environment: String = "production") throws -> ManifestNode {
        let text = Repository.declaration.replacing("deploys_to: cloud-run", with: "deploys_to: \(target)")
        let rendered = try Rendered(.github, environment, from: text)
        return try #require(try rendered.documents("deploy-\(environment).yml").first?["jobs"])
    }

    private func script(_ job: ManifestNode?) -> String {
        (job?["steps"]?.list ?? []).compactMap { $0.text("run") }.joined(separator: "\n")
    }

    static let targets = ["cloud-run", "ecs", "kubernetes"]

    @Test("it checks, then deploys, then asks whether all hold one key", arguments: targets)
    func order(target: String) throws {
        let jobs = try jobs(target)
        #expect(jobs.map?.map(\.key) == ["check", "deploy", "doctor"])
        #expect(jobs.text("deploy/needs") == "check")
        #expect(jobs.text("doctor/needs") == "deploy")
        #expect(script(jobs["check"]).contains("lockstep check --env production"))
        #expect(script(jobs["check"]).contains("lockstep render \(target) --env production"))
        #expect(script(jobs["doctor"]).contains("lockstep doctor"))
    }

    @Test("verifiers are deployed before issuers", arguments: ["cloud-run", "kubernetes"])
    func rotation(target: String) throws {
        let text = script(try jobs(target)["deploy"])
        let places = ["plant-backend", "plant-gateway", "pp-backend", "cp-backend"].map { name in
            text.range(of: "\(name).yaml")?.lowerBound
        }
        #expect(!places.contains(nil))
        #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
    }

    @Test(
        "what the doctor shows the services comes from their store, in their version, and is masked", arguments: targets
    )
    func token(target: String) throws {
        let text = script(try jobs(target, "staging")["doctor"])
        #expect(text.contains("::add-mask::$LOCKSTEP_INTERNAL_TOKEN"))
        #expect(text.contains("lockstep-internal-token-staging"))
        #expect(!text.contains("secrets.LOCKSTEP"))
    }

    @Test("a target that no workflow deploys to is refused where it stands")
    func refused() throws {
        let text = Repository.declaration.replacing("deploys_to: cloud-run", with: "deploys_to: compose")
        let line =
            1 + text.prefix(upTo: try #require(text.range(of: "deploys_to")).lowerBound).count(where: \.isNewline)
        let error = #expect(throws: ManifestFaults.self) { try Rendered(.github, "staging", from: text) }
        #expect(error?.faults.map(\.position.line) == [line])
    }
}

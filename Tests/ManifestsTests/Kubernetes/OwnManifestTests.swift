import Evidence
import Foundation
import Secrets
import Testing

@testable import Manifests

/// What `lockstep render` wrote for our own services, as others' manifests are read.
@Suite("our own manifests")
struct OwnManifestTests {
    static let tree: SourceTree = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized.path
        return SourceTree(root: root, paths: ["infrastructure.yaml", "deploy/kubernetes", "deploy/cloud-run"])
    }()

    static let reading = ManifestReaders.read(
        tree, readers: [DeclarationReader(), KubernetesReader(), CloudRunReader()])

    static let targets: [(Stack.Target, DeploymentEnvironment)] = [
        Stack.Target.declaration, .kubernetes, .cloudRun,
    ].flatMap { target in [DeploymentEnvironment.staging, .production].map { (target, $0) } }

    @Test("one stack for each target and environment, in which all services have one JWT_SECRET", arguments: targets)
    func stack(_ example: (Stack.Target, DeploymentEnvironment)) throws {
        #expect(Self.reading.unread.isEmpty)
        let stacks = Self.reading.stacks.filter {
            $0.target == example.0 && $0.environment?.environment == example.1
        }
        #expect(stacks.count == 1)
        let workloads = try #require(stacks.first?.workloads)
        #expect(
            Set(workloads.map(\.name)).isSuperset(of: ["pp-backend", "cp-backend", "plant-backend", "plant-gateway"]))
        let services = workloads.filter { $0["JWT_SECRET"] != nil }
        #expect(services.count == 4)
        #expect(Set(services.map { $0["JWT_SECRET"]?.value }).count == 1)
        #expect(services.allSatisfy { $0.gaps.isEmpty && $0["ENVIRONMENT"]?.value == .literal(example.1.rawValue) })
    }

    @Test("the declaration and Cloud Run name the same secrets")
    func agreement() {
        for environment in [DeploymentEnvironment.staging, .production] {
            let values = [Stack.Target.declaration, .cloudRun].map { target in
                Self.reading.stacks.first { $0.target == target && $0.environment?.environment == environment }?
                    .workloads.first { $0.name == "plant-backend" }?["JWT_SECRET"]?.value
            }
            #expect(values[0] == values[1])
            #expect(values[0] != nil)
        }
    }
}

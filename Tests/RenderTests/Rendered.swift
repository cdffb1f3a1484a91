import Evidence
import Foundation
import Manifests
import Testing

@testable import Render

/// What one environment of a declaration is rendered to, parsed again.
struct Rendered {
    let files: [RenderedFile]

    /// Of this repository's own declaration.
    init(_ target: RenderTarget, _ environment: String) throws {
        files = try #require(try Repository.rendered.get()["\(target.rawValue) \(environment)"])
    }

    init(_ target: RenderTarget, _ environment: String, from text: String) throws {
        let declaration = try Declaration.read(text, file: "infrastructure.yaml")
        files = try Rendering.files(for: target, environment: environment, from: declaration)
    }

    func documents(_ path: String) throws -> [ManifestNode] {
        let file = try #require(files.first { $0.path == path }, "\(path) is rendered")
        return try YAMLDocument.documents(file.text, file: path).filter { !$0.isNull }
    }

    func document(_ path: String, kind: String) throws -> ManifestNode {
        try #require(try documents(path).first { $0["kind"]?.scalar?.text == kind }, "\(kind) in \(path)")
    }
}

extension ManifestNode {
    /// Along keys and, as numbers, places in lists.
    subscript(path path: String) -> ManifestNode? {
        path.split(separator: "/").reduce(self as ManifestNode?) { node, key in
            Int(key).map { index in node?.list.flatMap { index < $0.count ? $0[index] : nil } } ?? node?[String(key)]
        }
    }

    func text(_ path: String) -> String? { self[path: path]?.scalar?.text }

    /// The entry of a list of `name:` mappings.
    func named(_ name: String, in path: String, key: String = "name") -> ManifestNode? {
        self[path: path]?.list?.first { $0[key]?.scalar?.text == name }
    }

    var strings: [String] { list?.compactMap(\.scalar?.text) ?? [] }

    /// Every scalar below, keys left out.
    var scalars: [ManifestScalar] {
        switch content {
        case .scalar(let scalar): [scalar]
        case .list(let list): list.flatMap(\.scalars)
        case .map(let members): members.flatMap(\.value.scalars)
        }
    }
}

enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static let declaration = text("infrastructure.yaml") ?? ""

    /// Read once, and rendered once for each target and environment, as many tests look at it.
    static let declared = Result { try Declaration.read(declaration, file: "infrastructure.yaml") }
    static let rendered = Result {
        let declaration = try declared.get()
        var rendered: [String: [RenderedFile]] = [:]
        for target in RenderTarget.allCases {
            for environment in environments {
                rendered["\(target.rawValue) \(environment)"] =
                    try Rendering.files(for: target, environment: environment, from: declaration)
            }
        }
        return rendered
    }

    static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: root + "/" + path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Where the rendered files of this repository stand.
    static func folder(_ target: RenderTarget, _ environment: String) -> String {
        switch target {
        case .compose, .github: "deploy/\(target.rawValue)"
        case .cloudRun, .kubernetes, .ecs: "deploy/\(target.rawValue)/\(environment)"
        }
    }

    static let environments = ["staging", "production"]
    static let services = ["pp-backend", "cp-backend", "plant-backend", "plant-gateway"]
}

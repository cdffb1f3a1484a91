// swift-tools-version: 6.3
// One helper per kind of target; every setting is applied here and nowhere else.
// What belongs in each target, and what may not, is told in docs/ARCHITECTURE.md;
// scripts/check-arrows compares the arrows below with the ones that page allows.
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Code that all services stand on: `Shared/<name>`.
func shared(_ name: String, exclude: [String] = [], _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Shared/\(name)", exclude: exclude, swiftSettings: settings)
}

/// A service's own code: `Services/<name>`, without its `Main` folder.
func service(
    _ name: String, exclude: [String] = [], resources: [Resource] = [], _ dependencies: [Target.Dependency]
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Services/\(name)", exclude: ["Main"] + exclude,
        resources: resources, swiftSettings: settings)
}

/// A part of a service that is a target of its own: `Services/<service>/<name>`.
func part(_ name: String, of service: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Services/\(service)/\(name)", swiftSettings: settings)
}

/// The thin executable of a service: `Services/<service>/Main`.
func main(_ name: String, of service: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Services/\(service)/Main", swiftSettings: settings)
}

/// `Tests/<name>`; test support comes with each.
func tests(_ name: String, exclude: [String] = [], _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)", exclude: exclude,
        swiftSettings: settings)
}

/// A module of the plant and its tests; a module depends on PlantKit alone.
func module(_ name: String, path: String, tests: String) -> [Target] {
    [
        .target(name: name, dependencies: ["PlantKit"], path: path, swiftSettings: settings),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [
                .byName(name: name), "Plant", "PlantKit", "PlantTesting", "ServerKit", "Storage", "TestSupport",
                .hummingbirdTesting,
                .httpTypes, .logging,
            ], path: tests, swiftSettings: settings),
    ]
}

/// Modules of the plant (docs/MODULES.md): `Services/Plant/Modules/<name>` and `Tests/<name>Tests` each.
/// `lockstep module new` adds to this line.
let modules = ["FarmManager"]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHPACK = product(name: "NIOHPACK", package: "swift-nio-http2")
    static let nioHTTP2 = product(name: "NIOHTTP2", package: "swift-nio-http2")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let system = product(name: "SystemPackage", package: "swift-system")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = product(name: "Yams", package: "Yams")
}

let package = Package(
    name: "lockstep",
    products: [
        .executable(name: "portal", targets: ["PortalMain"]),
        .executable(name: "gateway", targets: ["GatewayMain"]),
        .executable(name: "plant", targets: ["PlantMain"]),
        .executable(name: "lockstep", targets: ["LockstepMain"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["Logging"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1",
            traits: ["ConfigurationSupport"]),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Shared
        shared("Contracts"),
        shared("HTTP1", [.nioCore]),
        shared("Secrets", [.crypto, .cryptoExtras, .logging]),
        shared("Tokens", ["Contracts", "Secrets", .crypto, .cryptoExtras]),
        shared(
            "SecretStores",
            ["Secrets", .asyncHTTPClient, .crypto, .cryptoExtras, .logging, .nioCore, .nioHTTP1, .nioSSL]),
        shared(
            "ServiceKit",
            ["Contracts", "Secrets", .configuration, .logging, .metrics, .serviceLifecycle, .unixSignals]),
        .systemLibrary(
            name: "CPostgreSQL", path: "Shared/Storage/CPostgreSQL", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CSQLite", path: "Shared/Storage/CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]),
        shared(
            "Storage", exclude: ["CPostgreSQL", "CSQLite"],
            ["CPostgreSQL", "CSQLite", .crypto, .grdb, .logging]),
        shared(
            "HTTPKit",
            [
                "Contracts", "ServiceKit", "Secrets", "Tokens", .asyncHTTPClient, .crypto, .httpTypes, .logging,
                .metrics, .nioCore, .nioHTTP1, .serviceLifecycle,
            ]),
        shared(
            "Fleet",
            [
                "Contracts", "HTTPKit", "ServiceKit", "Secrets", "Tokens", .asyncHTTPClient, .crypto, .httpTypes,
                .logging, .metrics, .nioCore, .nioHTTP1, .serviceLifecycle,
            ]),
        shared(
            "ServerKit",
            [
                "Contracts", "HTTPKit", "Secrets", "ServiceKit", "Tokens", .hummingbird, .hummingbirdCore, .httpTypes,
                .logging, .metrics, .nioCore, .nioHTTP1, .nioHTTPTypes, .serviceLifecycle,
            ]),
        shared(
            "TestSupport",
            [
                "Contracts", "Secrets", "ServiceKit", "Tokens", .crypto, .logging, .nioCore, .nioHTTP1, .nioPosix,
                .unixSignals,
            ]),

        // Services
        .systemLibrary(
            name: "CArgon2", path: "Services/Portal/CArgon2", pkgConfig: "libargon2",
            providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(
            name: "CQREncode", path: "Services/Portal/CQREncode", pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Services/Portal/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        service(
            // In the code, so that an executable is one file (Bundle would bake in a path of the build).
            "Portal", exclude: ["CArgon2", "CCurl", "CQREncode"], resources: [.embedInCode("Web/Files")],
            [
                "CArgon2", "CCurl", "CQREncode", "Contracts", "Fleet", "HTTPKit", "Secrets", "ServerKit", "ServiceKit",
                "Storage", "Tokens",
                .asyncHTTPClient, .crypto, .hummingbird, .httpTypes, .logging, .metrics, .mustache, .nioCore,
                .nioHTTP1, .nioPosix, .nioSSL, .serviceLifecycle,
            ]),
        service(
            "Gateway",
            [
                "Contracts", "Fleet", "HTTP1", "HTTPKit", "Secrets", "ServiceKit", "Tokens", .asyncHTTPClient, .crypto,
                .deque, .httpTypes, .logging,
                .metrics, .nioCore, .nioHPACK, .nioHTTP1, .nioHTTP2, .nioPosix, .nioSSL, .nioTLS, .serviceLifecycle,
                .unixSignals,
            ]),
        part(
            "PlantKit", of: "Plant",
            [
                "Contracts", "HTTPKit", "Secrets", "ServerKit", "ServiceKit", "Storage", "Tokens", .crypto,
                .hummingbird,
                .httpTypes, .logging, .metrics, .nioCore, .nioPosix, .serviceLifecycle,
            ]),
        service(
            "Plant", exclude: ["PlantKit", "Modules"],
            [
                "Contracts", "Fleet", "HTTPKit", "PlantKit", "Secrets", "ServerKit", "ServiceKit", "Storage", "Tokens",
                .crypto, .hummingbird, .httpTypes, .logging, .metrics, .nioCore, .serviceLifecycle,
            ]),
        service(
            "CLI", exclude: ["Evidence", "Manifests", "SourceCode", "Check", "Render"],
            [
                "Check", "Contracts", "Evidence", "Fleet", "HTTPKit", "Manifests", "Render", "Secrets", "ServiceKit",
                "Storage", "Tokens", .argumentParser, .crypto, .logging, .subprocess, .system, .serviceLifecycle,
                .unixSignals,
                .asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix,
            ]),
        part("Evidence", of: "CLI", ["Secrets"]),
        part("Manifests", of: "CLI", ["Evidence", "Secrets", .yams]),
        part("SourceCode", of: "CLI", ["Evidence"]),
        part("Check", of: "CLI", ["Evidence", "Manifests", "Secrets", "SourceCode", .crypto]),
        part("Render", of: "CLI", ["Evidence", "Manifests", "Secrets"]),
        main("PortalMain", of: "Portal", ["Portal", "SecretStores", "ServiceKit"]),
        main("GatewayMain", of: "Gateway", ["Gateway", "SecretStores", "ServiceKit"]),
        main(
            "PlantMain", of: "Plant",
            ["Plant", "PlantKit", "SecretStores", "ServiceKit"] + modules.map { Target.Dependency(stringLiteral: $0) }),
        main("LockstepMain", of: "CLI", ["CLI", "SecretStores"]),

        // Tests
        tests("HTTP1Tests", exclude: ["Corpus", "Fuzzing"], ["HTTP1", .nioCore, .nioEmbedded, .nioHTTP1]),
        tests("SecretsTests", ["Secrets", .crypto, .cryptoExtras, .logging]),
        tests("TokensTests", ["Secrets", "Tokens", .crypto, .cryptoExtras, .jwtKit]),
        tests(
            "SecretStoresTests",
            ["Secrets", "SecretStores", .asyncHTTPClient, .crypto, .cryptoExtras, .logging, .nioCore, .nioHTTP1]),
        tests(
            "FleetTests",
            [
                "Contracts", "Fleet", "HTTPKit", "Secrets", "ServiceKit", "Tokens", .asyncHTTPClient, .crypto,
                .httpTypes, .logging, .nioCore, .serviceLifecycle,
            ]),
        tests(
            "ServiceKitTests",
            [
                "Contracts", "Secrets", "ServiceKit", .configuration, .logging, .metrics, .serviceLifecycle,
                .unixSignals,
            ]),
        tests(
            "HTTPKitTests",
            ["Contracts", "HTTPKit", "Secrets", "ServiceKit", "Tokens", .asyncHTTPClient, .httpTypes, .logging]),
        tests(
            "ServerKitTests",
            [
                "Contracts", "HTTPKit", "Secrets", "ServerKit", "ServiceKit", "Tokens", .hummingbird,
                .hummingbirdTesting, .httpTypes, .logging, .nioCore, .nioEmbedded, .nioHTTPTypes,
            ]),
        tests("StorageTests", ["Storage", .logging]),
        tests(
            "PortalTests",
            [
                "Contracts", "Fleet", "HTTPKit", "Portal", "Secrets", "ServerKit", "ServiceKit", "Storage", "Tokens",
                .asyncHTTPClient, .crypto, .hummingbird, .hummingbirdTesting, .httpTypes, .logging, .nioCore, .nioHTTP1,
                .nioPosix,
            ]),
        tests(
            "GatewayTests",
            [
                "Contracts", "Fleet", "Gateway", "HTTP1", "HTTPKit", "Secrets", "ServiceKit", "Tokens",
                .asyncHTTPClient,
                .httpTypes,
                .logging, .nioCore, .nioEmbedded, .nioHPACK, .nioHTTP1, .nioHTTP2, .nioPosix, .nioSSL, .yams,
            ]),
        tests(
            "PlantKitTests",
            [
                "Contracts", "HTTPKit", "PlantKit", "Secrets", "ServerKit", "ServiceKit", "Storage", "Tokens",
                .hummingbird, .hummingbirdTesting, .httpTypes, .logging, .nioCore,
            ]),
        .target(
            name: "PlantTesting",
            dependencies: [
                "Plant", "PlantKit", "Secrets", "ServiceKit", "Storage", "TestSupport", "Tokens", .hummingbird,
                .hummingbirdTesting, .httpTypes, .logging, .nioCore,
            ], path: "Tests/PlantTesting", swiftSettings: settings),
        tests(
            "PlantTests",
            [
                "Contracts", "Fleet", "HTTPKit", "Plant", "PlantKit", "PlantTesting", "Secrets", "ServerKit",
                "ServiceKit", "Storage",
                "Tokens",
                .hummingbird, .hummingbirdTesting, .httpTypes, .logging, .nioCore,
            ]),
        tests("ManifestsTests", ["Evidence", "Manifests", "Secrets"]),
        tests("SourceCodeTests", ["Evidence", "SourceCode"]),
        tests("CheckTests", ["Check", "Evidence", "Manifests", "Secrets", "SourceCode"]),
        tests("RenderTests", ["Evidence", "Manifests", "Render", "Secrets"]),
        tests(
            "CLITests",
            [
                "CLI", "Contracts", "Evidence", "Fleet", "HTTPKit", "Manifests", "Secrets", "ServiceKit", "Storage",
                "Tokens", .crypto, .logging,
            ]),
        tests("ConformanceTests", ["CLI", "Secrets", "Tokens", .crypto, .cryptoExtras, .jwtKit]),
        tests(
            "SuiteTests",
            [
                "Contracts", "PlantTesting", "Secrets", "ServiceKit", "Tokens", .asyncHTTPClient, .crypto, .httpTypes,
                .logging,
                .nioCore,
                .nioHTTP1, .nioPosix,
            ]),
    ]
        + modules.flatMap { module($0, path: "Services/Plant/Modules/\($0)", tests: "Tests/\($0)Tests") }
        // What `lockstep module new` writes, with other names (`ModuleTemplate`): it builds and passes.
        + module("GeneratedSample", path: "Tests/GeneratedSample/Module", tests: "Tests/GeneratedSample/Tests")
)

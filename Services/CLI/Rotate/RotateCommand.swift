import ArgumentParser
import Secrets

struct RotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Change the signing key while everything serves.",
        discussion: """
            A new key lies in the store as next; when every live replica has proved that it holds it, it signs; when \
            the last token of the old key has expired, the old key goes. Without a subcommand all of it is done, with \
            waiting. Every step may be interrupted and called again, and two may run at once: a lease at the fleet \
            keeper and the store's own version keep them apart. Without a keeper nothing is written: nobody could \
            tell who holds the new key.

            Exit codes: 0 done; 1 blocked, refused (by the store too) or out of time: who, and what to do, is named; \
            64 called wrongly; 69 the keeper is not there or refuses; 78 a setting or the store's kind is not usable.

            Examples:
              lockstep rotate
              lockstep rotate begin --store aws://eu-central-1/jwt --algorithm ES256 --layout jwks
              lockstep rotate status --watch
              lockstep rotate --compromised
            """,
        subcommands: [
            RotateRun.self, RotateBegin.self, RotateStatus.self, RotatePromote.self, RotateFinish.self,
            RotateRollback.self,
        ],
        defaultSubcommand: RotateRun.self)
}

/// Where the ring lies, and who knows the fleet.
struct RotatePlaces: ParsableArguments {
    @Option(help: "The store; else what JWT_SECRET_STORE, or JWT_SECRET_FILE, names.")
    var store: String?

    @Option(help: "The platform portal that keeps the fleet table; else FLEET_KEEPER_URL or the first of PORTAL_URLS.")
    var portal: String?

    @Option(help: "The compose file; .env is read from its folder.")
    var composeFile = "docker-compose.local.yml"

    @Option(help: "Another file than .env beside the compose file.")
    var envFile: String?

    @Option(help: "text for people, json for programs: one object at the end.")
    var format = OutputFormat.text
}

/// What a step that writes may be told.
struct RotateStep: ParsableArguments {
    @Option(
        help:
            "Wait so many seconds at most; 0: not at all. Without it `run` waits as long as it takes, and a single step does not."
    )
    var timeout: Int?

    @Option(help: "An instance that you have made sure is gone, and that need not be waited for. May be repeated.")
    var without: [String] = []

    @Option(help: "Seconds that are waited beyond the longest token, the leeway and the worst clock.")
    var margin = 10

    mutating func validate() throws {
        if let timeout, timeout < 0 { throw ValidationError("--timeout is a number of seconds.") }
        guard (0...86_400).contains(margin) else { throw ValidationError("--margin is from 0 to 86400.") }
    }
}

/// What a step that makes a key may be told.
struct RotateKey: ParsableArguments {
    @Option(
        help:
            "How the ring lies in the store: jwks, or names (raw values as NAME, NAME_NEXT, NAME_PREVIOUS); else as found."
    )
    var layout: String?

    @Option(help: "Of the new key: HS256 … HS512, RS256 …, PS256 …, ES256 …, EdDSA; else as the current one.")
    var algorithm: String?

    @Option(
        help:
            "Where the new key lies: aws-kms://REGION/KEY or gcp-kms://PROJECT/LOCATION/RING/KEY/VERSION; needs --algorithm."
    )
    var kms: String?

    mutating func validate() throws {
        if let layout, RingDocument.Layout(rawValue: layout) == nil {
            throw ValidationError("--layout is jwks or names.")
        }
        if let algorithm, KeyAlgorithm(rawValue: algorithm) == nil {
            throw ValidationError(
                "--algorithm is one of \(KeyAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        if let kms {
            guard KMSReference(kms) != nil else {
                throw ValidationError("--kms is aws-kms://REGION/KEY or gcp-kms://PROJECT/LOCATION/RING/KEY/VERSION.")
            }
            guard let algorithm, KeyAlgorithm(rawValue: algorithm)?.isSymmetric == false else {
                throw ValidationError("--kms needs --algorithm with the key's own: RS…, PS…, ES… or EdDSA.")
            }
        }
    }
}

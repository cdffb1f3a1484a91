import Foundation

/// Where statements run, as the plant tells it.
struct ConnectionDocument: Decodable, Sendable {
    struct Limits: Decodable, Sendable {
        var maximumRows: Int
        var timeoutMilliseconds: Int

        enum CodingKeys: String, CodingKey {
            case maximumRows = "max_rows"
            case timeoutMilliseconds = "timeout_ms"
        }
    }

    var kind: String
    var file: String?
    var host: String?
    var port: Int?
    var database: String?
    var user: String?
    var tls: String?
    var serverVersion: String?
    var role: String?
    var isReady: Bool
    var isWritable: Bool
    var faults: [String]
    var protectedTables: [String]
    var limits: Limits

    enum CodingKeys: String, CodingKey {
        case kind, file, host, port, database, user, tls, role, faults, limits
        case serverVersion = "server_version"
        case isReady = "ready"
        case isWritable = "writable"
        case protectedTables = "protected_tables"
    }

    /// Nil where it is no such answer.
    init?(json: [UInt8]) {
        guard let document = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = document
    }

    /// In a few words.
    var name: String {
        let place = file ?? [host, database].compactMap { $0 }.joined(separator: "/")
        return place.isEmpty ? kind : "\(kind) \(place)"
    }
}

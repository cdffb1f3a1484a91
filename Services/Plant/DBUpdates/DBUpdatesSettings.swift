package import Secrets
package import ServiceKit
import Storage

/// How DB updates are run, where they are on (`DBUpdatesSwitch`).
///
/// | variable | type | default |
/// |---|---|---|
/// | `DB_UPDATES_DATABASE_URL` | `postgres://…` of a login of its own; for a plant on PostgreSQL | none: nothing is run |
/// | `DB_UPDATES_DATABASE_PASSWORD[_FILE]` (secret) | of that URL, where it has none | none |
/// | `DB_UPDATES_MAX_ROWS` | 1 to 10000: rows that one statement may answer, and change | 1000 |
/// | `DB_UPDATES_TIMEOUT_SECONDS` | 1 to 25 (gateways wait 30 s for an answer): how long one may take | 5 |
package struct DBUpdatesSettings: Sendable {
    package let databaseURL: String?
    package let password: SecretBytes?
    package let maximumRows: Int
    package let maximumTime: Duration

    /// Faults stay in the reader.
    /// - Parameter ownURL: the plant's own database.
    package init(reader: SettingsReader, ownURL: String) {
        databaseURL = reader.string("DB_UPDATES_DATABASE_URL")
        password = reader.secret("DB_UPDATES_DATABASE_PASSWORD", minimumBytes: 1)
        maximumRows = reader.int("DB_UPDATES_MAX_ROWS", default: 1000, in: 1...10_000)
        maximumTime = .seconds(reader.int("DB_UPDATES_TIMEOUT_SECONDS", default: 5, in: 1...25))
        check(reader, ownURL)
    }

    private func check(_ reader: SettingsReader, _ ownURL: String) {
        guard let databaseURL else { return }
        let name = "DB_UPDATES_DATABASE_URL"
        if (try? Databases.kind(of: ownURL)) == .sqlite {
            reader.fault(
                name, "is for a plant on PostgreSQL, and DATABASE_URL names a SQLite file.",
                mend: "Remove it: statements run on that file.")
            return
        }
        do throws(StorageError) {
            guard try Databases.kind(of: databaseURL) == .postgreSQL else {
                reader.fault(name, "names no PostgreSQL server.", mend: Self.example)
                return
            }
            if password != nil, try !Databases.wantsPassword(databaseURL) {
                reader.fault(
                    name, "holds a password, and DB_UPDATES_DATABASE_PASSWORD another one.",
                    mend: "Keep one of the two.")
            }
        } catch {
            reader.fault(name, "is not usable: \(error)", mend: Self.example)
        }
    }

    private static let example = "Set postgres://lockstep_db_updates@HOST/DATABASE of the plant's own database."
}

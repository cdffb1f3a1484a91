/// How a database stands to the migrations of a build.
package struct MigrationStanding: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package enum State: String, Sendable {
            case applied, missing
            /// Its statements are other ones than those that were applied.
            case changed
            /// Applied, and not known to this build: a newer one was here, or another service.
            case unknown
        }

        package let namespace: String
        package let id: String
        package let state: State
    }

    package let entries: [Entry]

    package var isUpToDate: Bool { entries.allSatisfy { $0.state == .applied } }

    /// - Parameter known: nil: of what is applied nothing can be said but that it is.
    package init(applied: MigrationDocument, known: MigrationDocument?) {
        guard let known else {
            entries = applied.namespaces.flatMap { space in
                space.migrations.map { Entry(namespace: space.namespace, id: $0.id, state: .applied) }
            }
            return
        }
        var entries: [Entry] = []
        for space in known.namespaces {
            let there = applied.namespaces.first { $0.namespace == space.namespace }?.migrations ?? []
            for migration in space.migrations {
                let found = there.first { $0.id == migration.id }
                let state: Entry.State =
                    found.map { $0.checksum == migration.checksum ? .applied : .changed } ?? .missing
                entries.append(Entry(namespace: space.namespace, id: migration.id, state: state))
            }
        }
        for space in applied.namespaces {
            let ids = Set(known.namespaces.first { $0.namespace == space.namespace }?.migrations.map(\.id) ?? [])
            for migration in space.migrations where !ids.contains(migration.id) {
                entries.append(Entry(namespace: space.namespace, id: migration.id, state: .unknown))
            }
        }
        self.entries = entries
    }
}

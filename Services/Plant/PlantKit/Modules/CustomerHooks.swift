package import Storage

/// What modules do with a customer that is exported, erased or merged: in the caller's transaction, in the order in which
/// they were loaded, each on its own threads and within its deadline. A module that throws or hangs ends the whole, and is
/// named.
package struct CustomerHooks: Sendable {
    /// Knows no HTTP.
    package enum Fault: Error, Sendable, Equatable {
        /// It may keep data of the customer, and can't be asked.
        case notServing(module: String)
        case tookTooLong(module: String, seconds: Int)
        case failed(module: String, reason: String)

        package var module: String {
            switch self {
            case .notServing(let module), .tookTooLong(let module, _), .failed(let module, _): module
            }
        }
    }

    private let loaded: [ModuleRecord]
    private let all: [ModuleRecord]
    /// For one module.
    private let deadline: Duration

    init(loaded: [ModuleRecord], all: [ModuleRecord], deadline: Duration) {
        self.loaded = loaded
        self.all = all
        self.deadline = deadline
    }

    private var serving: [ModuleRecord] { loaded.filter { $0.state == .serving } }

    /// Modules that were asked.
    package var asked: [String] { serving.map(\.manifest.moduleName) }

    /// Those that this build has and that do not serve: what they may keep in this database, nobody knows.
    package var notAsked: [String] { all.filter { $0.state != .serving }.map(\.manifest.moduleName) }

    /// Throws `notServing` for a module that should serve. One that was switched off is left out, and named by `notAsked`.
    package func checkComplete() throws(Fault) {
        for record in all {
            switch record.state {
            case .failed, .refused, .chosen: throw .notServing(module: record.manifest.moduleName)
            case .disabled, .serving: continue
            }
        }
    }

    /// Module name → what it keeps of the customer; nil: nothing. Throws `Fault`, and what the database throws.
    package func export(
        _ id: String, in transaction: any SQLTransaction
    ) async throws -> [(module: String, value: JSONValue?)] {
        var parts: [(module: String, value: JSONValue?)] = []
        for record in serving {
            let value = try await run(record) { try await $0.exportCustomer(id, in: transaction) }
            parts.append((record.manifest.moduleName, value))
        }
        return parts
    }

    /// Throws `Fault`, and what the database throws.
    package func erase(_ id: String, in transaction: any SQLTransaction) async throws {
        for record in serving { try await run(record) { try await $0.eraseCustomer(id, in: transaction) } }
    }

    /// Throws `Fault`, and what the database throws.
    package func merge(_ id: String, into other: String, in transaction: any SQLTransaction) async throws {
        for record in serving {
            try await run(record) { try await $0.mergeCustomer(id, into: other, in: transaction) }
        }
    }

    private func run<T: Sendable>(
        _ record: ModuleRecord, _ work: @escaping @Sendable (any PlantModule) async throws -> T
    ) async throws -> T {
        let name = record.manifest.moduleName
        guard let module = record.module else { throw Fault.notServing(module: name) }
        do {
            return try await record.door.call(within: deadline) { try await work(module) }
        } catch ModuleFault.tookTooLong(let seconds) {
            throw Fault.tookTooLong(module: name, seconds: seconds)
        } catch let error as StorageError {
            // The database's own, which the transaction's owner knows how to take.
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Fault.failed(module: name, reason: String("\(error)".prefix(400)))
        }
    }
}

import Foundation
import Storage

/// A database as a command line names it.
struct NamedDatabase: Sendable {
    let url: String
    let password: String?
    /// For messages: without a password.
    let name: String

    /// - Parameters:
    ///   - option: that gave the URL, for messages.
    ///   - passwordFile: of a server; without it DATABASE_PASSWORD counts, where the URL has no password itself.
    init(
        url: String, option: String, passwordFile: String?, in context: CommandContext
    ) throws(CommandFailure) {
        let wantsPassword: Bool
        do throws(StorageError) {
            name = try Databases.name(of: url)
            wantsPassword = try Databases.wantsPassword(url)
        } catch {
            throw CommandFailure(.configuration, "\(option): \(error)")
        }
        if let passwordFile {
            guard wantsPassword else {
                throw CommandFailure(
                    .usage, "\(option): a password file is for a postgres:// URL that has no password itself")
            }
            password = try Self.password(in: context.absolute(passwordFile))
        } else {
            let given = context.variables["DATABASE_PASSWORD"].flatMap { $0.isEmpty ? nil : $0 }
            password = wantsPassword ? given : nil
        }
        guard url != "sqlite::memory:" else {
            throw CommandFailure(.configuration, "\(option): sqlite::memory: is for tests; name a file or a server")
        }
        self.url = url
    }

    /// Without the newline that ends it.
    private static func password(in path: String) throws(CommandFailure) -> String {
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: 4097) else {
            throw CommandFailure(.inputMissing, "\(path) can't be read; name the file that holds the password")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard !text.isEmpty, data.count <= 4096 else {
            throw CommandFailure(.configuration, "\(path) holds no password")
        }
        return text
    }

    func open(in context: CommandContext) throws(StorageError) -> any Database {
        try Databases.open(url: url, password: password, logger: context.logger())
    }

    func openForReading(in context: CommandContext) throws(StorageError) -> any Database {
        try Databases.openForReading(url: url, password: password, logger: context.logger())
    }
}

extension CommandFailure {
    /// Storage's own words, and the exit code that belongs to them.
    init(storage error: any Error, _ subject: String) {
        switch error {
        case let failure as CommandFailure:
            self = failure
        case let fault as TransferFault:
            self.init(.negative, lines: fault.lines.map { "\(subject): \($0)" })
        case let error as StorageError:
            switch error {
            case .badURL: self.init(.configuration, "\(subject): \(error)")
            case .busy, .unavailable, .unwritable: self.init(.unavailable, "\(subject): \(error)")
            case .uniqueViolation, .foreignKeyViolation, .constraintViolation, .decoding, .migration:
                self.init(.negative, "\(subject): \(error)")
            case .invalidStatement: self.init(.internal, "\(subject): \(error)")
            }
        case is CancellationError:
            self.init(.unavailable, "\(subject): interrupted")
        default:
            self.init(.internal, "\(subject): \(error)")
        }
    }
}

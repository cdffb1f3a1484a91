import Glibc
import Logging

/// Where mails of development and test lie in place of being sent: one `.eml` file each, readable to their owner alone.
struct MailFolder: Sendable {
    /// The oldest go first.
    static let maximumFiles = 200

    /// Absolute.
    let path: String
    let sender: MailAddress
    /// Whether the link stands in the log as well: development alone, as it is a secret.
    let showsLinks: Bool
    let logger: Logger

    func send(_ message: MailMessage) -> OutboxPacing.Answer {
        guard isOurs() else { return .down("the folder of mails can't be used") }
        let name = "\(path)/\(message.createdAt)-\(message.id).eml"
        // Exclusive: an outbox may deliver twice, and what lies there under this name is the same mail.
        let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            let isWritten = Self.write(message.rendered(from: sender), to: descriptor)
            close(descriptor)
            guard isWritten else {
                unlink(name)
                return .down("the mail could not be written")
            }
        } else if errno != EEXIST {
            return .down("the mail could not be written")
        }
        sweep()
        var metadata: Logger.Metadata = [
            "to": "\(message.to.email.text)", "subject": "\(message.subject)", "file": "\(name)",
        ]
        if showsLinks, let link = message.link { metadata["link"] = "\(link)" }
        logger.notice("mail written to a file, as there is no MAIL_URL", metadata: metadata)
        return .delivered
    }

    /// Makes it where it is missing. A folder below /tmp may be somebody else's, who would read along.
    private func isOurs() -> Bool {
        mkdir(path, 0o700)
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid() && status.st_mode & 0o077 == 0
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func sweep() {
        guard let directory = opendir(path) else { return }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".eml") { names.append(name) }
        }
        // Names begin with the time.
        for name in names.sorted().dropLast(Self.maximumFiles) { unlink("\(path)/\(name)") }
    }
}

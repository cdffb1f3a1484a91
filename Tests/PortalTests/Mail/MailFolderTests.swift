import Foundation
import Glibc
import TestSupport
import Testing

@testable import Portal

@Suite("Mails of development, in a folder") struct MailFolderTests {
    private func folder(_ path: String, showsLinks: Bool, _ log: CapturedLog) throws -> MailFolder {
        MailFolder(
            path: path, sender: try #require(MailAddress("L <l@example.org>")), showsLinks: showsLinks,
            logger: log.logger)
    }

    private func message(_ number: Int = 0) throws -> MailMessage {
        MailMessage(
            id: "m-\(number)", to: MailAddress(try #require(EmailAddress("ada@example.com"))), subject: "Hello",
            text: "Text", link: "http://127.0.0.1:8080/reset?token=lsl_secret",
            createdAt: 1_000_000 + Int64(number))
    }

    private func with(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "lockstep-mail-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("a mail is one file that its owner alone can read; the link is in the log of development and in no other")
    func written() throws {
        try with { (path: String) throws -> Void in
            for showsLinks in [true, false] {
                let log = CapturedLog()
                let folder = try folder(path, showsLinks: showsLinks, log)
                #expect(folder.send(try message()) == .delivered)
                #expect(log.text.contains("lsl_secret") == showsLinks)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(names == ["1000000-m-0.eml"])
            var status = stat()
            #expect(lstat("\(path)/\(names[0])", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let text = try String(contentsOfFile: "\(path)/\(names[0])", encoding: .utf8)
            #expect(text.contains("To: ada@example.com\r\n"))
        }
    }

    @Test("the newest two hundred stay")
    func bounded() throws {
        try with { (path: String) throws -> Void in
            let folder = try folder(path, showsLinks: false, CapturedLog())
            for number in 0..<205 { #expect(folder.send(try message(number)) == .delivered) }
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(names.count == MailFolder.maximumFiles)
            #expect(!names.contains("1000004-m-4.eml"))
        }
    }

    @Test("a folder that others may read, or that is a link to another, gets no mail")
    func notOurs() throws {
        try with { (path: String) throws -> Void in
            mkdir(path, 0o755)
            chmod(path, 0o755)
            let log = CapturedLog()
            #expect(try folder(path, showsLinks: true, log).send(message()) != .delivered)
            chmod(path, 0o700)
            let link = path + "-link"
            symlink(path, link)
            defer { unlink(link) }
            #expect(try folder(link, showsLinks: true, log).send(message()) != .delivered)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
            #expect(!log.text.contains("lsl_secret"))
        }
    }
}

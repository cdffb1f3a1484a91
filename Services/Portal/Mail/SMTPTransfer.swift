import CCurl
import Secrets
import Synchronization

/// One mail to one server through libcurl. Blocks its thread until it is over: only `MailThread` calls it.
enum SMTPTransfer {
    /// Seconds for connecting, with TLS.
    private static let connectSeconds = 10
    /// Seconds for all of it; less than the outbox's lease.
    static let totalSeconds = 40

    /// Once in a process, before any other call; libcurl is not safe without.
    private static let isInitialised = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// - Parameter isCancelled: looked at every second or so; a transfer that is cancelled ends as `unreachable`.
    static func send(
        _ message: [UInt8], from sender: EmailAddress, to recipient: EmailAddress, server: MailSettings.Server,
        isCancelled: Cancellation
    ) -> OutboxPacing.Answer {
        guard isInitialised, let handle = curl_easy_init() else { return .down("libcurl could not be started") }
        defer { curl_easy_cleanup(handle) }
        let recipients = curl_slist_append(nil, "<\(recipient.text)>")
        defer { curl_slist_free_all(recipients) }
        let upload = Upload(message, isCancelled: isCancelled)
        let context = Unmanaged.passUnretained(upload).toOpaque()

        let codes = [
            // The path is what EHLO says.
            lockstep_curl_set_text(
                handle, CURLOPT_URL, "\(server.scheme)://\(server.host):\(server.port)/lockstep-portal"),
            lockstep_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            // No proxy that the environment names.
            lockstep_curl_set_text(handle, CURLOPT_PROXY, ""),
            lockstep_curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(sender.text)>"),
            lockstep_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients),
            lockstep_curl_set_long(handle, CURLOPT_USE_SSL, useSSL(server.tls)),
            lockstep_curl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            lockstep_curl_set_long(handle, CURLOPT_NOSIGNAL, 1),
            lockstep_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, connectSeconds),
            lockstep_curl_set_long(handle, CURLOPT_TIMEOUT, totalSeconds),
            lockstep_curl_set_long(handle, CURLOPT_UPLOAD, 1),
            lockstep_curl_set_reader(handle, read),
            lockstep_curl_set_pointer(handle, CURLOPT_READDATA, context),
            // What a server says goes nowhere; by default it goes to standard output.
            lockstep_curl_set_writer(handle) { _, size, count, _ in size * count },
            lockstep_curl_set_long(handle, CURLOPT_NOPROGRESS, 0),
            lockstep_curl_set_progress(handle, progress),
            lockstep_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context),
        ]
        guard codes.allSatisfy({ $0 == CURLE_OK }), trust(handle, server.authorities),
            identify(handle, server.credentials)
        else {
            return .down("libcurl does not know an option")
        }
        let code = withExtendedLifetime(upload) { curl_easy_perform(handle) }
        var status = 0
        _ = lockstep_curl_response_code(handle, &status)
        return answer(code, status: status, hasBegun: upload.position > 0)
    }

    private static func useSSL(_ tls: MailSettings.TLS) -> Int {
        let level =
            switch tls {
            case .required: CURLUSESSL_ALL
            case .opportunistic: CURLUSESSL_TRY
            case .none: CURLUSESSL_NONE
            }
        return Int(level.rawValue)
    }

    /// In place of the system's authorities, not beside them.
    private static func trust(_ handle: UnsafeMutableRawPointer, _ authorities: String?) -> Bool {
        guard let authorities else { return true }
        return lockstep_curl_set_text(handle, CURLOPT_CAINFO, authorities) == CURLE_OK
            && lockstep_curl_set_text(handle, CURLOPT_CAPATH, nil) == CURLE_OK
    }

    private static func identify(_ handle: UnsafeMutableRawPointer, _ credentials: MailSettings.Credentials?) -> Bool {
        guard let credentials else { return true }
        let password = credentials.password.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return lockstep_curl_set_text(handle, CURLOPT_USERNAME, credentials.user) == CURLE_OK
            && lockstep_curl_set_text(handle, CURLOPT_PASSWORD, password) == CURLE_OK
    }

    /// - Parameters:
    ///   - status: the server's last reply (RFC 5321 §4.2), 0 where there was none.
    ///   - hasBegun: whether any of the message was sent.
    static func answer(_ code: CURLcode, status: Int, hasBegun: Bool) -> OutboxPacing.Answer {
        if code == CURLE_OK { return .delivered }
        let reason = "\(String(cString: curl_easy_strerror(code))) (SMTP \(status))"
        switch code {
        case CURLE_LOGIN_DENIED, CURLE_USE_SSL_FAILED, CURLE_REMOTE_ACCESS_DENIED, CURLE_COULDNT_CONNECT,
            CURLE_COULDNT_RESOLVE_HOST, CURLE_OPERATION_TIMEDOUT, CURLE_SSL_CONNECT_ERROR,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_ABORTED_BY_CALLBACK:
            return .down(reason)
        // Its greeting: no word on this message.
        case CURLE_WEIRD_SERVER_REPLY where !hasBegun: return .down(reason)
        default: break
        }
        switch status {
        // Closing; encryption, authentication or another mechanism wanted (RFC 3207, RFC 4954): the next mail would meet
        // the same.
        case 421, 530, 534, 535, 538: return .down(reason)
        case 400...499: return .later(reason)
        case 500...599: return .refused(reason)
        default: return .down(reason)
        }
    }

    /// What libcurl's callbacks see.
    private final class Upload {
        let message: [UInt8]
        var position = 0
        let isCancelled: Cancellation

        init(_ message: [UInt8], isCancelled: Cancellation) {
            self.message = message
            self.isCancelled = isCancelled
        }
    }

    private static let read:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
        ) -> Int = { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            let upload = Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue()
            let chunk = upload.message[upload.position...].prefix(size * count)
            chunk.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(start: buffer, count: size * count).copyMemory(from: $0)
            }
            upload.position += chunk.count
            return chunk.count
        }

    private static let progress:
        @convention(c) (
            UnsafeMutableRawPointer?, curl_off_t, curl_off_t, curl_off_t, curl_off_t
        ) -> Int32 = { context, _, _, _, _ in
            guard let context else { return 0 }
            return Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue().isCancelled.isSet ? 1 : 0
        }
}

/// Told from one thread, seen by another.
final class Cancellation: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() { flag.store(true, ordering: .releasing) }
}

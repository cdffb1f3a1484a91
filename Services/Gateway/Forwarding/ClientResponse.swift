package import HTTP1

/// What of an upstream's response goes to the client.
package enum ClientResponse {
    /// How the body's parts go on.
    package enum Body: Equatable, Sendable {
        /// As they come: of a stated length, or chunks as the upstream framed them.
        case asIs
        /// Each part as a chunk of the gateway's making: the upstream's body ends with its connection.
        case chunked
        /// The data alone, to a client that knows no chunks: nothing but a reset can say that it was cut short.
        case untilClose
    }

    /// How chunks are to be read for this client: as they are, or as the data in them.
    package static func output(minorVersion: Int) -> ChunkedBodyParser.Output { minorVersion >= 1 ? .chunks : .data }

    /// Writes the head.
    /// - Parameters:
    ///   - request: what is answered.
    ///   - rules: of the route; nil: none.
    ///   - keepAlive: whether the client's connection outlives this exchange, but for a body that lasts until it ends.
    /// - Returns: nil, and nothing is written, for a response that is no answer: an interim one, or a 101.
    package static func write(
        _ response: ReceivedResponse, to request: RequestHead, rules: ResponseRules? = nil, keepAlive: Bool,
        requestID: String, into output: inout HeadBuffer
    ) -> Body? {
        let head = response.head
        guard head.status >= 200 else { return nil }
        output.writeStaticString("HTTP/1.1 ")
        response.copy(9..<12, to: &output)
        output.writeStaticString(" ")
        response.copy(head.reasonRange, to: &output)
        output.writeStaticString("\r\n")
        if let rules {
            response.copyLines(to: &output) { PassedFields.toClient($0) && !rules.drops($0, of: response) }
            for field in rules.fields { output.writeLine(field) }
        } else {
            response.copyLines(to: &output, where: PassedFields.toClient)
        }
        let body = writeFraming(response, to: request, into: &output)
        SetIdentityHeaders.writeVia(
            after: response.values(of: .via), minorVersion: head.minorVersion, to: &output)
        output.writeLine("X-Request-Id", requestID)
        if !keepAlive || body == .untilClose {
            output.writeStaticString("Connection: close\r\n\r\n")
        } else if request.minorVersion == 0 {
            output.writeStaticString("Connection: keep-alive\r\n\r\n")
        } else {
            output.writeStaticString("\r\n")
        }
        return body
    }

    /// RFC 9110 §15.2: goes on to whoever knows of such answers. Not a 100, which the gateway says itself when the upstream
    /// is there: it asked for none.
    package static func writeInterim(
        _ response: ReceivedResponse, to request: RequestHead, rules: ResponseRules? = nil,
        into output: inout HeadBuffer
    ) {
        guard request.minorVersion >= 1, response.head.isInterim, response.head.status != 100 else { return }
        output.writeStaticString("HTTP/1.1 ")
        response.copy(9..<12, to: &output)
        output.writeStaticString(" ")
        response.copy(response.head.reasonRange, to: &output)
        output.writeStaticString("\r\n")
        response.copyLines(to: &output) { field in
            PassedFields.toClient(field) && !(rules?.drops(field, of: response) ?? false)
        }
        output.writeStaticString("\r\n")
    }

    private static func writeFraming(
        _ response: ReceivedResponse, to request: RequestHead, into output: inout HeadBuffer
    ) -> Body {
        let head = response.head
        if head.status != 204, let length = head.fields.first(.contentLength) {
            output.writeStaticString("Content-Length: ")
            response.copy(length.valueRange, to: &output)
            output.writeStaticString("\r\n")
            return .asIs
        }
        switch head.framing {
        case .none, .length: return .asIs
        case .chunked, .untilClose:
            guard request.minorVersion >= 1 else { return .untilClose }
            output.writeStaticString("Transfer-Encoding: chunked\r\n")
            return head.framing == .chunked ? .asIs : .chunked
        }
    }
}

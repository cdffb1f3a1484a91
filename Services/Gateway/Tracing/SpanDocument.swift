import FoundationEssentials

/// `ExportTraceServiceRequest` in OTLP's JSON encoding (opentelemetry-proto, "OTLP/HTTP"): names in lower camel case,
/// identifiers in hexadecimal, 64-bit numbers as texts, enumerations as numbers.
struct SpanDocument: Encodable {
    struct Attribute: Encodable {
        struct Value: Encodable {
            var stringValue: String?
            var intValue: String?
        }

        let key: String
        let value: Value

        init(_ key: String, _ value: FinishedSpan.Value) {
            self.key = key
            self.value =
                switch value {
                case .text(let text): Value(stringValue: text)
                case .number(let number): Value(intValue: String(number))
                }
        }
    }

    struct Status: Encodable {
        /// STATUS_CODE_ERROR.
        let code = 2
    }

    struct Span: Encodable {
        let traceId: String
        let spanId: String
        let parentSpanId: String?
        let traceState: String?
        /// The W3C flags: sampled.
        let flags = 1
        let name: String
        let kind: Int
        let startTimeUnixNano: String
        let endTimeUnixNano: String
        let attributes: [Attribute]
        let status: Status?

        init(_ span: FinishedSpan) {
            traceId = Self.hexadecimal(span.traceHigh) + Self.hexadecimal(span.traceLow)
            spanId = Self.hexadecimal(span.identifier)
            parentSpanId = span.parent == 0 ? nil : Self.hexadecimal(span.parent)
            traceState = span.state
            name = span.name
            kind = span.kind.rawValue
            startTimeUnixNano = String(span.startedAt)
            endTimeUnixNano = String(span.endedAt)
            attributes = span.attributes.map { Attribute($0.name, $0.value) }
            status = span.isFailed ? Status() : nil
        }

        private static func hexadecimal(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }

    struct Scope: Encodable {
        let name = "lockstep.gateway"
        let version: String
    }

    struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [Span]
    }

    struct Resource: Encodable { let attributes: [Attribute] }

    struct ResourceSpans: Encodable {
        let resource: Resource
        let scopeSpans: [ScopeSpans]
    }

    let resourceSpans: [ResourceSpans]

    /// - Parameters:
    ///   - service: `service.name`.
    ///   - instance: `service.instance.id`.
    init(_ spans: [FinishedSpan], service: String, instance: String, version: String) {
        let resource = Resource(attributes: [
            Attribute("service.name", .text(service)), Attribute("service.instance.id", .text(instance)),
            Attribute("service.version", .text(version)),
        ])
        resourceSpans = [
            ResourceSpans(
                resource: resource,
                scopeSpans: [ScopeSpans(scope: Scope(version: version), spans: spans.map(Span.init))])
        ]
    }

    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and whole numbers always encode.
        return Array((try? encoder.encode(self)) ?? Data())
    }
}

import HTTPKit

/// What a decoder has to say, in words for the client: which field, and what is wrong with it.
enum DecodingFault {
    static func refusal(_ error: DecodingError) -> Refusal {
        switch error {
        case .keyNotFound(let key, let context):
            invalid(context.codingPath + [key], "is missing", error)
        case .valueNotFound(_, let context):
            invalid(context.codingPath, "may not be null", error)
        case .typeMismatch(let type, let context):
            invalid(context.codingPath, "is not \(name(of: type))", error)
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            Refusal(.malformedRequest, "The body is not valid JSON.", cause: "\(error)")
        case .dataCorrupted(let context):
            invalid(context.codingPath, "has a value that is not allowed", error)
        @unknown default:
            Refusal(.malformedRequest, "The body can't be read.", cause: "\(error)")
        }
    }

    private static func invalid(_ path: [any CodingKey], _ problem: String, _ error: DecodingError) -> Refusal {
        let field = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        guard !field.isEmpty else {
            return Refusal(.malformedRequest, "The body has another form than expected.", cause: kind(of: error))
        }
        return Refusal(
            .invalidInput, "The field \(field) \(problem).", cause: kind(of: error), fields: [field: problem])
    }

    /// Not the error's whole description: it may repeat the value, and that may be a password.
    private static func kind(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound: "key not found"
        case .valueNotFound: "value not found"
        case .typeMismatch: "type mismatch"
        case .dataCorrupted: "data corrupted"
        @unknown default: "not decodable"
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "a list"
        case is [String: Any].Type: "an object"
        default: "of the expected type"
        }
    }
}

/// From SQLSTATE (PostgreSQL, Appendix A) to what an administrator is told.
enum RestrictedFailures {
    static func map(_ error: PostgreSQLError) -> RestrictedSQLError {
        switch error.code {
        case "42501": return .refused(error.message)
        // Fewer values were bound than there are places.
        case "08P01": return .refused("placeholders have no values here")
        case "57014": return .timedOut
        // Serialization, deadlock, lock timeout, object in use.
        case "40001", "40P01", "55P03", "55006": return .busy
        case "53200": return .tooLarge("the server has not as much memory as the statement needs")
        case "53100": return .tooLarge("the server's disk is full")
        default: break
        }
        switch error.code.prefix(2) {
        case "54": return .tooLarge(error.message)
        case "08", "28", "3D", "53", "57", "58", "XX": return .unavailable("\(error.message) (SQLSTATE \(error.code))")
        default: return .invalid("\(error.message) (SQLSTATE \(error.code))", position: error.position)
        }
    }
}

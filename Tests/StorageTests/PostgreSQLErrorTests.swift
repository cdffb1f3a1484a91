import Testing

@testable import Storage

@Suite("SQLSTATE")
struct PostgreSQLErrorTests {
    static let errors: [(PostgreSQLError, StorageError)] = [
        (
            PostgreSQLError(
                code: "23505", table: "users", constraint: "users_email_key",
                detail: "Key (email)=(ada@example.com) already exists."), .uniqueViolation("users.email")
        ),
        (
            PostgreSQLError(
                code: "23505", table: "t", constraint: "t_key", detail: "Key (a, b)=(1, )=(x) already exists."),
            .uniqueViolation("t.a, t.b")
        ),
        (
            PostgreSQLError(code: "23505", table: "t", constraint: "t_lower", detail: "Key (lower(a))=(x) exists."),
            .uniqueViolation("t_lower")
        ),
        (PostgreSQLError(code: "23505", table: "t", constraint: "t_key"), .uniqueViolation("t_key")),
        (PostgreSQLError(code: "23503", table: "t", constraint: "t_fkey"), .foreignKeyViolation("t_fkey")),
        (PostgreSQLError(code: "23514", table: "t", constraint: "t_check"), .constraintViolation("t_check")),
        (PostgreSQLError(code: "40001"), .busy), (PostgreSQLError(code: "40P01"), .busy),
        (
            PostgreSQLError(code: "22P02", message: "invalid input syntax for type bigint: \"hunter2\""),
            .invalidStatement("a value does not fit (SQLSTATE 22P02)")
        ),
        (PostgreSQLError(code: "P0001", message: "hunter2"), .unavailable("SQLSTATE P0001")),
        (
            PostgreSQLError(code: "53300", message: "too many connections"),
            .unavailable("too many connections (SQLSTATE 53300)")
        ),
    ]

    @Test("each says its kind, and none repeats a value", arguments: errors)
    func mapped(_ error: PostgreSQLError, _ expected: StorageError) {
        #expect(error.storageError == expected)
    }
}

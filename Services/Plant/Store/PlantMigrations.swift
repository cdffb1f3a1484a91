import PlantKit
import Storage

/// The plant's tables. Applied ones are never changed: a new migration goes to the end.
enum PlantMigrations {
    static let namespace = "plant"

    static let all = [
        Migration(
            id: "0001-customers",
            statements: [
                """
                CREATE TABLE customers (
                    id TEXT NOT NULL PRIMARY KEY,
                    user_id TEXT,
                    name TEXT NOT NULL,
                    email TEXT NOT NULL,
                    phone TEXT,
                    notes TEXT,
                    plan TEXT NOT NULL,
                    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
                    duplicate_of TEXT REFERENCES customers (id),
                    search_text TEXT NOT NULL,
                    version BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    deleted_at BIGINT
                )
                """,
                """
                CREATE UNIQUE INDEX customers_email_held ON customers (email)
                WHERE deleted_at IS NULL AND duplicate_of IS NULL
                """,
                "CREATE INDEX customers_user ON customers (user_id)",
                "CREATE INDEX customers_created ON customers (created_at, id) WHERE deleted_at IS NULL",
                """
                CREATE TABLE customer_registrations (
                    event_id TEXT NOT NULL PRIMARY KEY,
                    customer_id TEXT NOT NULL REFERENCES customers (id),
                    user_id TEXT NOT NULL,
                    registered_at BIGINT NOT NULL,
                    received_at BIGINT NOT NULL
                )
                """,
            ]),
        Migration(
            id: "0002-skills",
            statements: [
                """
                CREATE TABLE skills (
                    id TEXT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL,
                    name_key TEXT NOT NULL,
                    description TEXT,
                    category TEXT NOT NULL,
                    level BIGINT CHECK (level BETWEEN 1 AND 5),
                    search_text TEXT NOT NULL,
                    version BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    deleted_at BIGINT
                )
                """,
                "CREATE UNIQUE INDEX skills_name_living ON skills (name_key) WHERE deleted_at IS NULL",
            ]),
        Migration(
            id: "0003-validation-audit",
            statements: [
                """
                CREATE TABLE validation_audit (
                    id TEXT NOT NULL PRIMARY KEY,
                    at BIGINT NOT NULL,
                    request_id TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    token_source TEXT NOT NULL,
                    subject TEXT,
                    issuer TEXT,
                    kid TEXT,
                    customer_id TEXT
                )
                """,
                "CREATE INDEX validation_audit_at ON validation_audit (at)",
                "CREATE INDEX validation_audit_subject ON validation_audit (subject, at)",
            ]),
        Migration(id: "0004-revocations", statements: CustomerRevocations.log.statements),
        IdempotencyKeys.migration,
        RoleBook.migration,
        Migration(id: "0007-audit-log", statements: AuditTrail.log.statements),
        IdempotencyKeys.resourceMigration,
        Migration(
            id: "0009-customer-lifecycle",
            statements: [
                "ALTER TABLE customers ADD COLUMN suspension_reason TEXT",
                "ALTER TABLE customers ADD COLUMN trial_ends_at BIGINT",
                "ALTER TABLE customers ADD COLUMN merged_into TEXT REFERENCES customers (id)",
                "ALTER TABLE customers ADD COLUMN erased_at BIGINT",
                """
                CREATE INDEX customers_trials ON customers (trial_ends_at)
                WHERE trial_ends_at IS NOT NULL AND status = 'active' AND deleted_at IS NULL
                """,
                "CREATE INDEX customers_merged ON customers (merged_into) WHERE merged_into IS NOT NULL",
                "CREATE INDEX customers_duplicates ON customers (duplicate_of) WHERE duplicate_of IS NOT NULL",
                "CREATE INDEX customer_registrations_customer ON customer_registrations (customer_id)",
                """
                CREATE INDEX validation_audit_customer ON validation_audit (customer_id, at)
                WHERE customer_id IS NOT NULL
                """,
            ]),
    ]
}

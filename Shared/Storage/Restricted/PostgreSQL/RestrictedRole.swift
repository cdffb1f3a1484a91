/// What a login's role must not be able to do; and how such a role is made.
enum RestrictedRole {
    /// Faults that are told at once; a superuser has thousands.
    private static let limit = 20

    /// Asks the server what the present role may do, whatever it was told when it was made.
    /// - Throws: `notRestricted` with a statement or a sentence for each fault.
    static func prove(on link: RestrictedLink, protected: Set<String>) throws(RestrictedSQLError) {
        let arguments: PostgreSQLArguments
        do throws(StorageError) {
            arguments = try PostgreSQLArguments([.text(protected.sorted().joined(separator: ","))])
        } catch {
            throw .unavailable("\(error)")
        }
        var faults = try link.texts(question, arguments)
        // Rights on settings came with PostgreSQL 15.
        if try link.texts("SELECT 'yes' WHERE to_regclass('pg_catalog.pg_parameter_acl') IS NOT NULL") == ["yes"] {
            faults += try link.texts(parameters)
        }
        guard faults.isEmpty else { throw .notRestricted(faults) }
    }

    /// Outside of the server itself they read, write, connect, or run something. A SECURITY DEFINER function is asked for
    /// beside these.
    private static let reaching = """
        pg_read_file|pg_read_binary_file|pg_ls_dir|pg_ls_logdir|pg_ls_waldir|pg_ls_tmpdir|pg_ls_archive_statusdir|\
        pg_stat_file|pg_file_write|pg_file_sync|pg_file_rename|pg_file_unlink|pg_logdir_ls|lo_import|lo_export|\
        dblink.*|pg_reload_conf|pg_rotate_logfile|pg_promote|pg_switch_wal|pg_create_restore_point|pg_backup_start|\
        pg_start_backup|pg_stat_reset.*
        """

    private static let question = """
        WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user),
        relations AS (
            SELECT c.oid, c.relkind, lower(c.relname::text) AS name FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
            AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
        )
        SELECT format('ALTER ROLE %I NO%s', rolname, word) FROM me, LATERAL (VALUES
            ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
            ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) AS may (word, has) WHERE has
        UNION ALL
        SELECT format('log in as %I itself, not as %I', current_user, session_user) WHERE session_user <> current_user
        UNION ALL
        SELECT format('REVOKE %I FROM %I', other.rolname, me.rolname) FROM me
            JOIN pg_catalog.pg_auth_members m ON m.member = me.oid
            JOIN pg_catalog.pg_roles other ON other.oid = m.roleid
        UNION ALL
        SELECT format('%I owns something: REASSIGN OWNED BY %I TO another role', rolname, rolname) FROM me
            WHERE EXISTS (SELECT FROM pg_catalog.pg_shdepend d WHERE d.deptype = 'o' AND d.refobjid = me.oid
                AND d.refclassid = 'pg_catalog.pg_authid'::regclass)
        UNION ALL
        SELECT format('REVOKE ALL ON %s FROM %I, PUBLIC', r.oid::regclass, me.rolname) FROM me, relations r
            WHERE r.name = ANY (string_to_array($1, ',')) OR r.relkind IN ('v', 'm', 'f')
        UNION ALL
        SELECT format('REVOKE EXECUTE ON ROUTINE %s FROM %I, PUBLIC', p.oid::regprocedure, me.rolname)
            FROM me, pg_catalog.pg_proc p
            WHERE (p.prosecdef OR p.proname ~ '^(\(reaching))$') AND has_function_privilege(p.oid, 'EXECUTE')
        UNION ALL
        SELECT format('REVOKE CREATE ON SCHEMA %I FROM %I, PUBLIC', n.nspname, me.rolname)
            FROM me, pg_catalog.pg_namespace n
            WHERE has_schema_privilege(n.oid, 'CREATE') AND n.nspname NOT LIKE 'pg\\_t%temp\\_%'
        UNION ALL
        SELECT format('REVOKE CREATE ON DATABASE %I FROM %I, PUBLIC', current_database(), me.rolname) FROM me
            WHERE has_database_privilege(current_database(), 'CREATE')
        UNION ALL
        SELECT format('REVOKE USAGE ON FOREIGN SERVER %I FROM %I, PUBLIC', s.srvname, me.rolname)
            FROM me, pg_catalog.pg_foreign_server s WHERE has_server_privilege(s.oid, 'USAGE')
        LIMIT \(limit)
        """

    private static let parameters = """
        SELECT format('REVOKE ALL ON PARAMETER %s FROM %I, PUBLIC', parname, current_user)
            FROM pg_catalog.pg_parameter_acl
            WHERE has_parameter_privilege(parname, 'SET') OR has_parameter_privilege(parname, 'ALTER SYSTEM')
            LIMIT \(limit)
        """
}

extension RestrictedSQL {
    /// The SQL that makes a login whose role `check` accepts, for an owner of the database to run once. It sets no
    /// password: `\\password ROLE` in psql does, without showing it.
    /// - Parameter tables: that the role may read and write; never a protected one.
    package static func roleStatements(role: String, tables: [String], schema: String = "public") -> [String] {
        let (role, schema) = (quoted(role), quoted(schema))
        var statements = [
            """
            CREATE ROLE \(role) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS \
            CONNECTION LIMIT 5
            """,
            // Until PostgreSQL 14 everybody may create in public.
            "REVOKE CREATE ON SCHEMA \(schema) FROM PUBLIC",
            "REVOKE ALL ON ALL TABLES IN SCHEMA \(schema) FROM \(role)",
            "GRANT USAGE ON SCHEMA \(schema) TO \(role)",
        ]
        let granted = tables.sorted().map { "\(schema).\(quoted($0))" }.joined(separator: ", ")
        if !granted.isEmpty {
            statements.append("GRANT SELECT, INSERT, UPDATE, DELETE ON \(granted) TO \(role)")
        }
        return statements
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

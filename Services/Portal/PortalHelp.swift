extension Portal {
    /// What `portal --help` prints below the usage.
    package static let help = """
          PORTAL_KIND                platform or customer (platform)
          DATABASE_URL               sqlite:///ABSOLUTE/PATH or postgres://USER:PASSWORD@HOST/DATABASE; required
          DATABASE_PASSWORD[_FILE]   of a postgres URL that has none
          PORTAL_ADMIN_EMAIL, PORTAL_ADMIN_PASSWORD[_FILE]
                                     the first administrator, created once (platform)
          PORTAL_DATA_KEY[_FILE]     32 bytes or more; seals what is kept at rest
          PORTAL_COOKIE_SECURE       cookies over https alone (true outside development and test)
          PORTAL_PUBLIC_URL          where browsers find this portal; links in mails lead there
          MAIL_URL, MAIL_FROM        smtp://HOST[:587] or smtps://HOST[:465], and who mails come from
          MAIL_USERNAME, MAIL_PASSWORD[_FILE], MAIL_TLS (required), MAIL_TLS_CA_FILE, MAIL_FOLDER
                                     of the mail server; a folder for mails in development and test
          REGISTER_VERIFY_EMAIL      who registers confirms the address by a link (customer: true)
          PASSWORD_BREACHED_FILE     a list of passwords that nobody may choose (SHA-1, ordered)
          PLANT_BACKEND_URL          where registrations are delivered (customer: required)
          PLANT_GATEWAY_URL          where the pages of the plant (farms) are asked for; unset: they are not there
          PORTAL_URLS, PORTAL_SERVICE_URLS
                                     with the two above, services whose keys the start page shows
          REFRESH_TOKEN_EXPIRE_DAYS  30        SESSION_MAX_DAYS                  90
          WEB_SESSION_IDLE_HOURS     12        AUDIT_RETENTION_DAYS              365
          AUDIT_MAX_EVENTS           1000000   REGISTER_ADDRESS_LIMIT_PER_MINUTE 20
          FLEET_KEEPER_URL, FLEET_REPORT_INTERVAL_SECONDS
                                     who keeps the fleet table (the first of PORTAL_URLS), and how often it hears (5)
          FLEET_MISSING_SECONDS      15        FLEET_FORGET_SECONDS              600
          LOGIN_ADDRESS_LIMIT_PER_MINUTE 60    LOGIN_ACCOUNT_LIMIT_PER_MINUTE    30
          LOGIN_LOCKOUT_FAILURES     5         LOGIN_LOCKOUT_SECONDS             30
          LOGIN_LOCKOUT_MAX_SECONDS  900       PASSWORD_THREADS, PASSWORD_QUEUE  2, 32
          SECOND_FACTOR_REQUIRED_ROLES
                                     roles, comma separated, whose people must have a second factor (none)
          ARGON2_MEMORY_KIB          19456     ARGON2_PASSES, ARGON2_LANES       2, 1
          ENABLE_DB_UPDATES          tokens for DB updates; development and test, platform alone (false)
          DB_UPDATES_TOKEN_SECONDS   how long such a token lives (300)
          OIDC_PROVIDERS             names of OpenID providers to sign in with, such as google,corp; for each, in capitals:
          OIDC_GOOGLE_ISSUER, OIDC_GOOGLE_CLIENT_ID, OIDC_GOOGLE_CLIENT_SECRET[_FILE], OIDC_GOOGLE_DISPLAY_NAME,
          OIDC_GOOGLE_SCOPES, OIDC_GOOGLE_ALLOWED_DOMAINS, OIDC_GOOGLE_ROLES, OIDC_GOOGLE_LINK_ACCOUNTS,
          OIDC_GOOGLE_AUDIENCES, OIDC_GOOGLE_ALLOW_HTTP
          JWT_SECRET and its other names, JWT_ISSUER, JWT_AUDIENCE, ACCESS_TOKEN_EXPIRE_MINUTES,
          LOCKSTEP_INTERNAL_TOKEN, ENVIRONMENT, HOST, PORT (8080), LOG_LEVEL, DRAIN_SECONDS
        """
}

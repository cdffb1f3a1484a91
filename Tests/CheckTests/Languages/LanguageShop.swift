/// Two programs that share tokens, `auth` and `orders`, and how they run.
enum LanguageShop {
    static func with(_ sources: [String: String]) -> [String: String] {
        sources.merging([
            compose: """
            services:
              auth:
                build: ./auth
                environment:
                  ENVIRONMENT: production
                  JWT_SECRET: ${JWT_SECRET:?}
              orders:
                build: ./orders
                environment:
                  ENVIRONMENT: production
                  JWT_SECRET: ${JWT_SECRET:?}
            """
        ]) { $1 }
    }

    static let compose = "docker-compose.prod.yml"

    /// What says that `orders` accepts tokens that live no longer than a day.
    static let limited = RuleFixture.Change.replace(
        "orders\n    environment:", in: compose, with: "orders\n    environment:\n      JWT_MAX_LIFETIME_HOURS: 24")
}

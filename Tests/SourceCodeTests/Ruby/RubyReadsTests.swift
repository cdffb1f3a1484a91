import Testing

@testable import SourceCode

@Suite("Ruby: where secrets are read")
struct RubyReadsTests {
    @Test("ENV with ||")
    func envWith() {
        let text = """
            SECRET = ENV['JWT_SECRET'] || 'dev-secret'
            other = ENV["SECRET_KEY"].presence || "fallback"

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 1:14 JWT_SECRET | 'dev-secret' as SECRET by ENV",
                "read 2:13 SECRET_KEY | 'fallback' as other by ENV",
            ])
    }

    @Test("Rails takes its key base from the variable, else from its credentials")
    func railsKeyBase() {
        let text = """
            A = Rails.application.secret_key_base
            B = Rails.application.secrets.secret_key_base.to_s
            C = ENV.fetch("JWT_SECRET") { Rails.application.secret_key_base }

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 1:5 SECRET_KEY_BASE | <Rails credentials> as A by Rails",
                "read 2:5 SECRET_KEY_BASE | <Rails credentials> as B by Rails",
                "read 3:15 JWT_SECRET | SECRET_KEY_BASE | <Rails credentials> as C by ENV.fetch",
            ])
    }

    @Test("ENV.fetch with a default, a block, and nothing")
    func envFetchWithADefault() {
        let text = """
            A = ENV.fetch('JWT_SECRET', 'fetch-default')
            B = ENV.fetch('AUTH_SECRET') { 'block-default' }
            C = ENV.fetch('SECRET_KEY')

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 1:15 JWT_SECRET | 'fetch-default' as A by ENV.fetch",
                "read 2:15 AUTH_SECRET | 'block-default' as B by ENV.fetch",
                "read 3:15 SECRET_KEY ! as C by ENV.fetch",
            ])
    }

    @Test("raise makes it required")
    func raiseMakesItRequired() {
        let text = """
            def jwt_secret
              secret = ENV['JWT_SECRET']
              raise 'JWT_SECRET is not set' if secret.nil? || secret.empty?
              secret
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 2:16 JWT_SECRET? ! as jwt_secret() by ENV"
            ])
    }

    @Test("a decode that checks nothing")
    func aDecodeThatChecksNothing() {
        let text = """
            payload, header = JWT.decode(token, nil, false)

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [])
    }

    @Test("a helper of the file")
    func aHelperOfTheFile() {
        let text = """
            def env(name, default = nil)
              ENV.fetch(name, default)
            end

            JWT_KEY = env('JWT_SECRET', 'helper-default')

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 5:15 JWT_SECRET | 'helper-default' as JWT_KEY by env"
            ])
    }

    @Test("a random key")
    func aRandomKey() {
        let text = """
            KEY = ENV['JWT_SECRET'] || SecureRandom.hex(32)

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 1:11 JWT_SECRET | computed() as KEY by ENV"
            ])
    }

    @Test("an if with its branches")
    func anIfWithItsBranches() {
        let text = """
            def secret
              if Rails.env.production?
                ENV.fetch('JWT_SECRET')
              else
                'branch-default'
              end
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 3:15 JWT_SECRET ! by ENV.fetch",
                "environment 2:6 RAILS_ENV 'development'",
            ])
    }

    @Test("where it runs")
    func whereItRuns() {
        let text = """
            env = ENV['RACK_ENV'] || 'development'
            name = ENV.fetch('APP_ENV', 'production')

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "environment 1:11 RACK_ENV 'development'",
                "environment 2:18 APP_ENV 'production'",
            ])
    }

    @Test("a name that is constant")
    func aNameThatIsConstant() {
        let text = """
            NAME = 'JWT_SECRET'.freeze
            value = ENV[NAME]
            text = <<~TEXT
              JWT_SECRET's ENV['SECRET_KEY']
            TEXT

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 2:13 JWT_SECRET as value by ENV"
            ])
    }

    @Test("other secrets are none of it")
    func otherSecretsAreNoneOf() {
        let text = """
            stripe = ENV['STRIPE_SECRET_KEY']
            x = JSON.decode(body)
            y = ENV.fetch('PORT', 3000)

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [])
    }
}

import Testing

@testable import SourceCode

@Suite("Ruby: where tokens are signed and verified")
struct RubyTokensTests {
    @Test("a method that gives the secret")
    func aMethodThatGivesThe() {
        let text = """
            class Tokens
              def secret
                ENV['JWT_SECRET'] || Rails.application.credentials.jwt_secret
              end

              def encode(payload)
                JWT.encode(payload, secret, 'HS256')
              end
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 3:9 JWT_SECRET | <Rails.application.credentials.jwt_secret> as Tokens.secret() by ENV",
                "sign 7:5 JWT.encode HS256 with JWT_SECRET | <Rails.application.credentials.jwt_secret> named secret",
            ])
    }

    @Test("ruby-jwt in a module of Rails")
    func rubyJwtInAModule() {
        let text = """
            module JsonWebToken
              SECRET_KEY = Rails.application.credentials.secret_key_base.to_s

              def self.encode(payload, exp = 24.hours.from_now)
                payload[:exp] = exp.to_i
                JWT.encode(payload, SECRET_KEY)
              end

              def self.decode(token)
                body = JWT.decode(token, SECRET_KEY, true, { algorithm: 'HS256', iss: 'portal', verify_iss: true })[0]
                HashWithIndifferentAccess.new body
              end
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "sign 6:5 JWT.encode HS256 with ? named Rails.application.credentials.secret_key_base",
                "verify 10:12 JWT.decode HS256 with ? named Rails.application.credentials.secret_key_base iss portal",
            ])
    }

    @Test("calls without brackets")
    func callsWithoutBrackets() {
        let text = """
            def token(user)
              JWT.encode({ sub: user.id, iss: 'portal', exp: 1.hour.from_now.to_i }, ENV['JWT_SECRET'], 'HS512')
            end

            def read(token)
              JWT.decode token, ENV['JWT_SECRET'], true, algorithm: 'HS512', aud: 'api', verify_aud: true
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 2:78 JWT_SECRET by ENV",
                "read 6:25 JWT_SECRET by ENV",
                "sign 2:3 JWT.encode HS512 with JWT_SECRET iss portal",
                "verify 6:3 JWT.decode HS512 with JWT_SECRET aud api",
                "lifetime 2:66 exp 3600",
            ])
    }

    @Test("an instance variable")
    func anInstanceVariable() {
        let text = """
            class Auth
              def initialize(secret: ENV.fetch('JWT_SECRET', 'keyword-default'))
                @secret = secret
                @own = ENV['AUTH_SECRET']
              end

              def sign(payload)
                JWT.encode(payload, @own, 'HS256')
              end
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 4:16 AUTH_SECRET as Auth.own by ENV",
                "sign 8:5 JWT.encode HS256 with AUTH_SECRET named Auth.own",
            ])
    }

    @Test("||= keeps what is there")
    func keepsWhatIsThere() {
        let text = """
            class Keys
              def secret
                @secret ||= ENV['JWT_SECRET'] || 'memo-default'
              end

              def verify(token)
                JWT.decode(token, secret, true, algorithm: 'HS256')
              end
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 3:21 JWT_SECRET | 'memo-default' as Keys.secret by ENV",
                "verify 7:5 JWT.decode HS256 with JWT_SECRET | 'memo-default' named secret",
            ])
    }

    @Test("devise-jwt")
    func deviseJwt() {
        let text = """
            Devise.setup do |config|
              config.mailer_sender = 'app'
              config.jwt do |jwt|
                jwt.secret = ENV['DEVISE_JWT_SECRET_KEY']
                jwt.expiration_time = 30.minutes.to_i
              end
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 4:22 DEVISE_JWT_SECRET_KEY as jwt.secret by ENV",
                "sign 4:5 jwt.secret HS256 with DEVISE_JWT_SECRET_KEY",
                "verify 4:5 jwt.secret HS256 with DEVISE_JWT_SECRET_KEY",
                "lifetime 5:5 jwt.expiration_time 1800",
            ])
    }

    @Test("key pairs")
    func keyPairs() {
        let text = """
            key = OpenSSL::PKey::RSA.new(File.read('private.pem'))
            token = JWT.encode(payload, key, 'RS256')
            JWT.decode(token, key.public_key, true, algorithm: 'RS256')
            JWT.decode(token, nil, true, algorithms: ['RS256'], jwks: loader)

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "sign 2:9 JWT.encode RS256 with (pair) named key",
                "verify 3:1 JWT.decode RS256 with (pair) named key.public_key",
            ])
    }

    @Test("Figaro and Settings")
    func figaroAndSettings() {
        let text = """
            a = Figaro.env.jwt_secret
            JWT.encode(payload, Settings.jwt.secret, 'HS256')

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 1:5 JWT_SECRET as a by Figaro",
                "sign 2:1 JWT.encode HS256 with ? named Settings.jwt.secret",
            ])
    }

    @Test("a token made of a bare HMAC")
    func aTokenMadeOfA() {
        let text = """
            def sign(header, payload)
              input = "#{header}.#{payload}"
              OpenSSL::HMAC.digest('SHA256', ENV['JWT_SECRET'], input)
            end

            def webhook(body)
              OpenSSL::HMAC.hexdigest('SHA256', ENV['STRIPE_WEBHOOK_SECRET'], body)
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 3:38 JWT_SECRET by ENV",
                "sign 3:3 OpenSSL.HMAC.digest with JWT_SECRET",
            ])
    }

    @Test("a key that is made of the variable")
    func aKeyThatIsMade() {
        let text = """
            key = Digest::SHA256.digest(ENV['JWT_SECRET'])
            JWT.encode(payload, key, 'HS256')

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "read 1:7 computed(JWT_SECRET) as key by ENV",
                "sign 2:1 JWT.encode HS256 with computed(JWT_SECRET) named key",
            ])
    }

    @Test("a literal key")
    func aLiteralKey() {
        let text = """
            class Token
              HMAC_SECRET = 'my$ecretK3y'

              def self.encode(payload)
                JWT.encode(payload, HMAC_SECRET, 'HS256')
              end
            end

            """
        #expect(
            FactLines.of(text, file: "main.rb") == [
                "sign 5:5 JWT.encode HS256 with 'my$ecretK3y' named HMAC_SECRET"
            ])
    }
}

import Evidence
import Testing

@testable import Manifests

@Suite("names of AWS secrets")
struct AmazonSecretNameTests {
    @Test(
        "two spellings of one place are one reference",
        arguments: [
            ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdEf", "aws:eu-west-1:123456789012/jwt"),
            ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt", "aws:eu-west-1:123456789012/jwt"),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-secret",
                "aws:eu-west-1:123456789012/jwt-secret"
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-secret-x1y2z3",
                "aws:eu-west-1:123456789012/jwt-secret"
            ),
            ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-??????", "aws:eu-west-1:123456789012/jwt"),
            ("arn:aws:secretsmanager:${R}:${A}:secret:prod/jwt-AbCdE1:key::", "aws:prod/jwt#key"),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdEf:key:AWSCURRENT:",
                "aws:eu-west-1:123456789012/jwt#key"
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdEf:key:AWSPREVIOUS:",
                "aws:eu-west-1:123456789012/jwt#key@AWSPREVIOUS"
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdEf:::7f",
                "aws:eu-west-1:123456789012/jwt@7f"
            ),
            ("arn:aws:ssm:eu-west-1:123456789012:parameter/prod/jwt", "ssm:eu-west-1:123456789012//prod/jwt"),
            ("arn:aws:ssm:eu-west-1:123456789012:parameter/jwt", "ssm:eu-west-1:123456789012/jwt"),
            ("/prod/jwt", "ssm:/prod/jwt"), ("jwt", "ssm:jwt"), ("/jwt", "ssm:jwt"),
            ("arn:aws:s3:::bucket", "nothing"), ("arn:", "nothing"), ("", "nothing"),
        ])
    func canonical(text: String, expected: String) {
        #expect(AmazonSecretName.reference(text)?.description ?? "nothing" == expected)
    }
}

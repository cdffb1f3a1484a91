import Testing

@testable import Check

/// Each rule in manifests whose Secrets the External Secrets Operator makes.
///
/// Not here: LS104, LS105 and LS106, since an ExternalSecret holds no value; LS103 beside two keys of one; LS109, LS110,
/// LS111, LS204 and LS301, which Deployments show with or without it (`KubernetesRuleTests`); LS112, LS113, LS114.
@Suite("The rules in ExternalSecrets")
struct ExternalSecretRuleTests {
    private static func secret(
        _ name: String, key: String, version: String = "\"4\"", environment: String = "production"
    ) -> String {
        """
        apiVersion: external-secrets.io/v1beta1
        kind: ExternalSecret
        metadata:
          name: \(name)
          namespace: shop-\(environment)
        spec:
          refreshInterval: 1h
          secretStoreRef: {kind: ClusterSecretStore, name: gcp}
          target: {name: \(name)}
          data:
            - secretKey: JWT_SECRET
              remoteRef: {key: \(key), version: \(version)}
        """
    }

    private static func deployment(_ name: String, environment: String = "production", _ from: String) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: \(name)
          namespace: shop-\(environment)
        spec:
          template:
            spec:
              containers:
                - name: \(name)
                  image: registry.example.org/shop/\(name):12
                  \(from)
        """
    }

    private static func all(_ name: String) -> String { "envFrom: [{secretRef: {name: \(name)}}]" }

    private static func one(_ name: String, key: String = "JWT_SECRET") -> String {
        "env: [{name: JWT_SECRET, valueFrom: {secretKeyRef: {name: \(name), key: \(key)}}}]"
    }

    private static let store = """
        apiVersion: external-secrets.io/v1beta1
        kind: ClusterSecretStore
        metadata: {name: gcp}
        spec:
          provider:
            gcpsm: {projectID: shop-production}
        """

    /// Each service takes all names of an ExternalSecret of its own.
    private static let shop = SampleSources.auth.adding(SampleSources.orders).adding([
        "k8s/store.yaml": store,
        "k8s/production/auth.yaml": secret("auth-env", key: "jwt-secret") + "\n---\n"
            + deployment("auth", all("auth-env")),
        "k8s/production/orders.yaml": secret("orders-env", key: "jwt-secret") + "\n---\n"
            + deployment("orders", all("orders-env")),
    ])

    /// Both take one key of one Secret.
    private static let shared = SampleSources.auth.adding(SampleSources.orders).adding([
        "k8s/store.yaml": store, "k8s/production/jwt.yaml": secret("jwt", key: "jwt-secret"),
        "k8s/production/auth.yaml": deployment("auth", one("jwt")),
        "k8s/production/orders.yaml": deployment("orders", one("jwt")),
    ])

    private static let orders = "k8s/production/orders.yaml"

    private static let environments = shop.adding([
        "k8s/staging/auth.yaml": secret("auth-env", key: "jwt-secret-staging", version: "\"9\"", environment: "staging")
            + "\n---\n" + deployment("auth", environment: "staging", all("auth-env"))
    ])

    static let fixtures: [RuleFixture] = [
        RuleFixture(
            .missingSecret, "the ExternalSecret makes another name than the code reads", mended: shop,
            broken: shop.changing(orders, "secretKey: JWT_SECRET", to: "secretKey: JWT_SECRET_KEY"),
            found: "LS101 \(orders):23"),
        RuleFixture(
            .missingSecret, "a Deployment does not take it", mended: shared,
            broken: shared.changing(orders, one("jwt"), to: "ports: [{containerPort: 8002}]"),
            found: "LS101 \(orders):10"),
        RuleFixture(
            .differentSecrets, "two secrets of the store", mended: shop,
            broken: shop.changing(orders, "key: jwt-secret,", to: "key: orders-jwt-secret,"),
            found: "LS102 \(orders):11"),
        RuleFixture(
            .differentSecrets, "two versions of one secret", mended: shop,
            broken: shop.changing(orders, "version: \"4\"", to: "version: \"3\""), found: "LS102 \(orders):11"),
        RuleFixture(
            .missingSecret, "a key that the ExternalSecret does not make", mended: shared,
            broken: shared.changing(orders, one("jwt"), to: one("jwt", key: "SIGNING_KEY")),
            found: "LS101 \(orders):12"),
        RuleFixture(
            .twoNamesTwoValues, "one makes two names of two secrets", mended: images(shop),
            broken: images(
                shop.changing(
                    orders, "version: \"4\"}",
                    to:
                        "version: \"4\"}\n    - secretKey: JWT_SECRET_KEY\n      remoteRef: {key: session-key, version: \"1\"}"
                )), found: "LS103 \(orders):27"),
        RuleFixture(
            .sharedAcrossEnvironments, "staging reads the secret of production", mended: environments,
            broken: environments.changing("k8s/staging/auth.yaml", "jwt-secret-staging", to: "jwt-secret").changing(
                "k8s/staging/auth.yaml", "\"9\"", to: "\"4\""), found: "LS107 k8s/production/auth.yaml:11"),
        RuleFixture(
            .floatingVersion, "the newest version, whichever that is", mended: shared,
            broken: shared.changing("k8s/production/jwt.yaml", "version: \"4\"", to: "version: latest"),
            found: "LS108 k8s/production/jwt.yaml:11"),
    ]

    /// Without the sources: images of which no code is here.
    private static func images(_ files: RuleFixture.Files) -> RuleFixture.Files {
        files.filter { $0.key.hasPrefix("k8s/") }
    }

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }
}

import Testing

@testable import Check

/// Each rule in Kubernetes manifests that are applied as they stand: Deployment, StatefulSet, CronJob, Secret, ConfigMap,
/// `envFrom` and volumes.
///
/// Not here: LS108, since a Secret has no versions; LS112 (a workflow's); LS113 (an image's); LS114 (a text in a manifest
/// is LS105).
@Suite("The rules in Kubernetes manifests")
struct KubernetesRuleTests {
    static let fixtures: [RuleFixture] = [
        RuleFixture(
            .missingSecret, "a Deployment lacks it", mended: shop, broken: orders(""), found: "LS101 \(orders):12"),
        RuleFixture(
            .missingSecret, "a StatefulSet lacks it, whose envFrom names a Secret that the tree shows",
            mended: shop.adding([
                "k8s/production/stock-secret.yaml": """
                apiVersion: v1
                kind: Secret
                metadata: {name: stock, namespace: shop}
                stringData: {DATABASE_URL: "${STOCK_DATABASE_URL}"}
                """
            ]),
            broken: shop.adding([
                "k8s/production/stock-secret.yaml": """
                apiVersion: v1
                kind: Secret
                metadata: {name: stock, namespace: shop}
                stringData: {DATABASE_URL: "${STOCK_DATABASE_URL}"}
                """
            ]).changing(
                stock,
                "\n          env:\n            - name: JWT_SECRET\n              valueFrom: {secretKeyRef: {name: jwt, key: secret}}\n---",
                to: "\n---"),
            found: "LS101 \(stock):11"),
        RuleFixture(
            .missingSecret, "a CronJob lacks it, whose code signs for itself", mended: shop,
            broken: shop.changing(
                stock,
                "\n                - name: JWT_SECRET\n                  valueFrom: {secretKeyRef: {name: jwt, key: secret}}",
                to: ""),
            found: "LS101 \(stock):31"),
        RuleFixture(
            .missingSecret, "one of two containers of a pod lacks it, whose code verifies",
            mended: pod(
                "\n          env:\n            - name: JWT_SECRET\n              valueFrom: {secretKeyRef: {name: shop-jwt, key: JWT_SECRET}}"
            ),
            broken: pod(""), found: "LS101 k8s/shop.yaml:15"),
        RuleFixture(
            .missingSecret, "the Secret has no such key",
            mended: asking(for: "secret"), broken: asking(for: "jwt"), found: "LS101 k8s/shop.yaml:14"),
        RuleFixture(
            .missingSecret, "the name is not the one that the code reads", mended: shop,
            broken: shop.changing(orders, "name: JWT_SECRET\n", to: "name: JWT_SECRET_KEY\n"),
            found: "LS101 \(orders):12"),

        RuleFixture(
            .missingSecret, "the Deployment bears the release's name, and its image the program's",
            mended: shop.changing(orders, "name: orders\n", to: "name: shop-orders\n"),
            broken: orders("").changing(orders, "name: orders\n", to: "name: shop-orders\n"),
            found: "LS101 \(orders):12"),
        RuleFixture(
            .differentSecrets, "another key of the Secret", mended: shop,
            broken: shop.changing(orders, "key: secret", to: "key: signing-key"), found: "LS102 \(orders):19"),
        RuleFixture(
            .differentSecrets, "another Secret", mended: shop,
            broken: shop.changing(orders, "name: jwt", to: "name: orders-jwt"), found: "LS102 \(orders):19"),
        RuleFixture(
            .differentSecrets, "two Secrets of the tree with two texts", mended: fromShell,
            broken: secrets(Given.strong, Given.strongToo),
            found: "LS102 deploy/k8s/secrets.yaml:13", "LS105 deploy/k8s/secrets.yaml:6",
            "LS105 deploy/k8s/secrets.yaml:13"),
        RuleFixture(
            .differentSecrets, "another Secret in a volume", mended: images(volume("jwt")),
            broken: images(volume("jwt-old")), found: "LS102 \(orders):12"),

        RuleFixture(
            .twoNamesTwoValues, "two names with two Secrets", mended: images(shop),
            broken: images(
                orders(
                    ordersSecret
                        + ordersSecret.replacing("name: JWT_SECRET", with: "name: JWT_SECRET_KEY").replacing(
                            "key: secret", with: "key: other"))),
            found: "LS103 \(orders):19"),

        RuleFixture(
            .defaultReachesProduction, "a default in the code, and the manifest gives nothing", mended: shop,
            broken: orders("").changing(
                "orders/src/authenticate.js", "process.env.JWT_SECRET;", to: "process.env.JWT_SECRET || 'dev-secret';"),
            found: "LS102 orders/src/authenticate.js:3", "LS104 \(orders):12", "LS202 orders/src/authenticate.js:3"),
        RuleFixture(
            .defaultReachesProduction, "a default that envsubst does not know, in a Secret", mended: fromShell,
            broken: secrets("${JWT_SECRET:-dev-only}", "${JWT_SECRET:-dev-only}"),
            found: "LS104 deploy/k8s/secrets.yaml:6", "LS104 deploy/k8s/secrets.yaml:13"),

        RuleFixture(
            .committedSecret, "a Secret with the text", mended: fromShell,
            broken: secrets(Given.strong, Given.strong),
            found: "LS105 deploy/k8s/secrets.yaml:6", "LS105 deploy/k8s/secrets.yaml:13"),
        RuleFixture(
            .committedSecret, "a Secret with the text in base64", mended: fromShell,
            broken: secrets(Base64.strong, Base64.strong, at: "data"),
            found: "LS105 deploy/k8s/secrets.yaml:6", "LS105 deploy/k8s/secrets.yaml:13"),
        RuleFixture(
            .committedSecret, "the text in the Deployments", mended: shop,
            broken: orders("\n            - name: JWT_SECRET\n              value: \(Given.strong)").changing(
                auth, "              valueFrom:\n                secretKeyRef: {name: jwt, key: secret}",
                to: "              value: \(Given.strong)"
            ).changingAll(
                stock, "valueFrom: {secretKeyRef: {name: jwt, key: secret}}", to: "value: \(Given.strong)"),
            found: "LS105 \(auth):20", "LS105 \(orders):19", "LS105 \(stock):17", "LS105 \(stock):36"),
        RuleFixture(
            .committedSecret, "the text in a ConfigMap", mended: shop,
            broken: images(shop).changing(
                config, "JWT_AUDIENCE: shop", to: "JWT_AUDIENCE: shop\n  JWT_SECRET: \(Given.strong)"),
            found: "LS105 \(config):9"),

        RuleFixture(
            .weakSecret, "a placeholder that is applied as it stands", mended: fromShell,
            broken: secrets("changeme", "changeme"),
            found: "LS106 deploy/k8s/secrets.yaml:6", "LS106 deploy/k8s/secrets.yaml:13"),
        RuleFixture(
            .weakSecret, "a placeholder in base64", mended: fromShell,
            broken: secrets("Y2hhbmdlbWU=", "Y2hhbmdlbWU=", at: "data"),
            found: "LS106 deploy/k8s/secrets.yaml:6", "LS106 deploy/k8s/secrets.yaml:13"),

        RuleFixture(
            .sharedAcrossEnvironments, "one text in two namespaces", mended: environments,
            broken: environments.changingAll("deploy/k8s/secrets.yaml", "${JWT_SECRET}", to: Given.strong).changing(
                "deploy/k8s/staging.yaml", "${STAGING_JWT_SECRET}", to: Given.strong),
            found: "LS105 deploy/k8s/secrets.yaml:6", "LS105 deploy/k8s/secrets.yaml:13",
            "LS105 deploy/k8s/staging.yaml:5",
            "LS107 deploy/k8s/secrets.yaml:6"),

        RuleFixture(
            .mixedEnvironments, "one Deployment is told another environment", mended: shop,
            broken: shop.changing(
                orders, "- name: AUTH_URL", to: "- {name: ENVIRONMENT, value: staging}\n            - name: AUTH_URL"),
            found: "LS109 \(orders):17"),

        RuleFixture(
            .policyDiffers, "one Deployment is given another audience", mended: shop,
            broken: shop.changing(
                orders, "- name: AUTH_URL", to: "- {name: JWT_AUDIENCE, value: orders}\n            - name: AUTH_URL"),
            found: "LS110 \(orders):17"),
        RuleFixture(
            .policyDiffers, "code that accepts another algorithm", mended: shop,
            broken: shop.changing("stock/auth.go", "\"HS256\"", to: "\"HS512\""),
            found: "LS110 stock/auth.go:15"),

        RuleFixture(
            .localAndCloudDiffer, "an audience that only the local stack names", mended: local,
            broken: local.changing(config, "  JWT_AUDIENCE: shop\n", to: "").changing(
                config, "\n  JWT_AUDIENCE: shop", to: ""),
            found: "LS111 \(auth):13", "LS111 \(orders):12"),

        RuleFixture(
            .environmentDetectedTwice, "two programs read two variables",
            mended: shop.adding(detection("ENVIRONMENT")), broken: shop.adding(detection("APP_ENV")),
            found: "LS204 stock/environment.go:6"),

        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than a ConfigMap lets verifiers accept",
            mended: shop.changing(
                config, "JWT_AUDIENCE: shop", to: "JWT_AUDIENCE: shop\n  JWT_MAX_LIFETIME_HOURS: \"24\""),
            broken: shop.changing(
                config, "JWT_AUDIENCE: shop", to: "JWT_AUDIENCE: shop\n  JWT_MAX_LIFETIME_HOURS: \"24\""
            )
            .changing(auth, "\"12\"", to: "\"168\""), found: "LS301 \(config):9"),
    ]

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }

    @Test("a front end that holds no secret is not missing one, whatever it is called")
    func frontEnd() {
        let files = Self.pod("").filter { $0.key != "backend/app/auth.py" }
        #expect(RuleFixture.found(files) == [])
    }

    /// Images from elsewhere: nothing but the manifest tells that the second takes part.
    private static func asking(for key: String) -> [String: String] {
        [
            "k8s/shop.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: api, namespace: shop}
            spec:
              selector: {matchLabels: {app: api}}
              template:
                metadata: {labels: {app: api}}
                spec:
                  containers:
                    - name: api
                      image: registry.example/api:4
                      env:
                        - {name: LOG_LEVEL, value: info}
                        - name: JWT_SECRET
                          valueFrom: {secretKeyRef: {name: jwt, key: \(key)}}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: jwt, namespace: shop}
            stringData: {secret: "${JWT_SECRET}"}
            """
        ]
    }
}

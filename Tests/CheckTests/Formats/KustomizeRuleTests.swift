import Testing

@testable import Check

/// Each rule in Kustomize overlays: what a patch, a generator or a base of one environment breaks.
///
/// Not here: LS108, since a Secret has no versions; LS112 (a workflow's); LS113 (an image's); LS114 (a text in a manifest
/// is LS105); LS204 (of code).
@Suite("The rules in Kustomize overlays")
struct KustomizeRuleTests {
    private static let base = "deploy/base/deployments.yaml"
    private static let production = "deploy/overlays/production/kustomization.yaml"
    private static let staging = "deploy/overlays/staging/kustomization.yaml"

    private static let shop = SampleSources.auth.adding(SampleSources.orders).adding([
        "deploy/base/kustomization.yaml": """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources:
          - deployments.yaml
        configMapGenerator:
          - name: shop
            literals:
              - LOG_LEVEL=info
              - JWT_AUDIENCE=shop
        """,
        base: """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: auth
        spec:
          template:
            spec:
              containers:
                - name: auth
                  image: shop/auth
                  envFrom:
                    - configMapRef: {name: shop}
                  env:
                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef: {name: jwt, key: secret}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: orders
        spec:
          template:
            spec:
              containers:
                - name: orders
                  image: shop/orders
                  envFrom:
                    - configMapRef: {name: shop}
                  env:
                    - name: AUTH_URL
                      value: http://auth:8001
                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef: {name: jwt, key: secret}
        """,
        staging: overlay("staging"),
        production: overlay("production"),
    ])

    private static func overlay(_ environment: String) -> String {
        """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        namespace: shop-\(environment)
        resources:
          - ../../base
        configMapGenerator:
          - name: shop
            behavior: merge
            literals:
              - ENVIRONMENT=\(environment)
        """
    }

    /// Production with a patch of the Deployment `orders`.
    private static func patched(_ patch: String) -> RuleFixture.Files {
        shop.adding([
            production: overlay("production") + "\npatches:\n  - path: orders.yaml\n",
            "deploy/overlays/production/orders.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: orders}
            spec:
              replicas: 3
              template:
                spec:
                  containers:
                    - name: orders
            \(patch)
            """,
        ])
    }

    private static let patch = "deploy/overlays/production/orders.yaml"
    private static let sound = patched("          resources: {limits: {memory: 256Mi}}")

    /// The Secret is made by each overlay.
    private static func generated(staging one: String, production other: String) -> RuleFixture.Files {
        shop.adding([
            staging: overlay("staging") + "\nsecretGenerator:\n  - name: jwt\n    literals:\n      - secret=\(one)\n",
            production: overlay("production")
                + "\nsecretGenerator:\n  - name: jwt\n    envs:\n      - jwt.env\n",
            "deploy/overlays/production/jwt.env": "secret=\(other)\n",
        ])
    }

    private static let fromShell = generated(staging: "${STAGING_JWT_SECRET}", production: "${JWT_SECRET}")

    static let fixtures: [RuleFixture] = [
        RuleFixture(
            .missingSecret, "the base lacks it, for both overlays", mended: shop,
            broken: shop.changing(
                base,
                "http://auth:8001\n            - name: JWT_SECRET\n              valueFrom:\n                secretKeyRef: {name: jwt, key: secret}",
                to: "http://auth:8001"), found: "LS101 \(base):26", "LS101 \(base):26"),
        RuleFixture(
            .missingSecret, "a patch takes it away", mended: sound,
            broken: patched("          env:\n            - name: JWT_SECRET\n              $patch: delete"),
            found: "LS101 \(base):26"),
        RuleFixture(
            .missingSecret, "a JSON patch puts another list in its place", mended: shop,
            broken: shop.adding([
                production: overlay("production")
                    + """

                    patches:
                      - target: {kind: Deployment, name: orders}
                        patch: |-
                          - op: replace
                            path: /spec/template/spec/containers/0/env
                            value:
                              - {name: AUTH_URL, value: "http://auth:8001"}
                    """
            ]), found: "LS101 \(base):26"),
        RuleFixture(
            .differentSecrets, "a patch takes it from another Secret", mended: sound,
            broken: patched(
                """
                          env:
                            - name: JWT_SECRET
                              valueFrom: {secretKeyRef: {name: jwt-blue, key: secret}}
                """), found: "LS102 \(patch):11"),
        RuleFixture(
            .twoNamesTwoValues, "a patch adds a second name", mended: images(sound),
            broken: images(
                patched(
                    """
                              env:
                                - name: JWT_SECRET_KEY
                                  valueFrom: {secretKeyRef: {name: jwt, key: signing-key}}
                    """)), found: "LS103 \(base):33"),
        RuleFixture(
            .defaultReachesProduction, "a default in the code, and a patch takes the variable away", mended: sound,
            broken: patched("          env:\n            - name: JWT_SECRET\n              $patch: delete").changing(
                "orders/src/authenticate.js", "process.env.JWT_SECRET;", to: "process.env.JWT_SECRET || 'dev-secret';"),
            found: "LS102 orders/src/authenticate.js:3", "LS104 \(base):26", "LS202 orders/src/authenticate.js:3"),
        RuleFixture(
            .committedSecret, "generated from a text in the kustomization", mended: fromShell,
            broken: generated(staging: Given.strong, production: "${JWT_SECRET}"),
            found: "LS105 \(staging):14"),
        RuleFixture(
            .committedSecret, "generated from a file that is committed", mended: fromShell,
            broken: generated(staging: "${STAGING_JWT_SECRET}", production: Given.strong),
            found: "LS105 deploy/overlays/production/jwt.env:1"),
        RuleFixture(
            .weakSecret, "a placeholder is generated", mended: fromShell,
            broken: generated(staging: "${STAGING_JWT_SECRET}", production: "changeme"),
            found: "LS106 deploy/overlays/production/jwt.env:1"),
        RuleFixture(
            .sharedAcrossEnvironments, "both overlays generate one text", mended: fromShell,
            broken: generated(staging: Given.strong, production: Given.strong),
            found: "LS105 \(staging):14", "LS105 deploy/overlays/production/jwt.env:1",
            "LS107 deploy/overlays/production/jwt.env:1"),
        RuleFixture(
            .mixedEnvironments, "a patch tells one service another environment", mended: sound,
            broken: patched("          env:\n            - {name: ENVIRONMENT, value: staging}"),
            found: "LS109 \(patch):11"),
        RuleFixture(
            .policyDiffers, "a patch lets one service accept another audience", mended: sound,
            broken: patched("          env:\n            - {name: JWT_AUDIENCE, value: orders}"),
            found: "LS110 \(patch):11"),
        RuleFixture(
            .localAndCloudDiffer, "an audience that only the local stack names", mended: local,
            broken: local.changing("deploy/base/kustomization.yaml", "\n      - JWT_AUDIENCE=shop", to: ""),
            found: "LS111 \(base):9", "LS111 \(base):9", "LS111 \(base):26", "LS111 \(base):26"),
        RuleFixture(
            .lifetimesDoNotFit, "an overlay lets tokens live longer than verifiers accept",
            mended: lifetimes("12"), broken: lifetimes("168"), found: "LS301 \(production):12"),
    ]

    private static let local = shop.adding([
        "docker-compose.yml": """
        services:
          auth:
            build: ./auth
            environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: shop}
          orders:
            build: ./orders
            environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: shop}
        """
    ])

    private static func lifetimes(_ hours: String) -> RuleFixture.Files {
        shop.changing(
            production, "- ENVIRONMENT=production",
            to: "- ENVIRONMENT=production\n      - JWT_EXPIRATION_HOURS=\(hours)\n      - JWT_MAX_LIFETIME_HOURS=24")
    }

    /// Without the sources: images of which no code is here.
    private static func images(_ files: RuleFixture.Files) -> RuleFixture.Files {
        files.filter { $0.key.hasPrefix("deploy/") }
    }

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }
}

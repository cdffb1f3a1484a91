import Testing

@testable import Check

/// Each rule in a Helm chart with a values file for each environment.
///
/// Not here: LS108, since a Secret has no versions; LS112 (a workflow's); LS113 (an image's); LS114 (a text in a manifest
/// is LS105); LS204 (of code).
@Suite("The rules in Helm charts")
struct HelmRuleTests {
    private static let auth = "charts/shop/templates/auth.yaml"
    private static let orders = "charts/shop/templates/orders.yaml"
    private static let values = "charts/shop/values.yaml"
    private static let production = "charts/shop/values-production.yaml"
    private static let staging = "charts/shop/values-staging.yaml"

    private static func deployment(_ name: String) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: \(name)
          labels: {{- include "shop.labels" . | nindent 4 }}
        spec:
          replicas: {{ .Values.\(name).replicas | default 1 }}
          template:
            spec:
              containers:
                - name: \(name)
                  image: "{{ .Values.registry }}/\(name):{{ .Chart.AppVersion }}"
                  env:
                    - name: ENVIRONMENT
                      value: {{ .Values.environment | quote }}
                    {{- range $key, $value := .Values.\(name).env }}
                    - name: {{ $key }}
                      value: {{ $value | quote }}
                    {{- end }}
                    {{- if .Values.\(name).tokens }}
                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef:
                          name: {{ .Values.\(name).jwtSecretName | default .Values.jwtSecretName }}
                          key: secret
                    {{- end }}
        """
    }

    private static let shop = SampleSources.auth.adding(SampleSources.orders).adding([
        "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.3.0\nappVersion: \"1.4.0\"\n",
        "charts/shop/templates/_helpers.tpl": """
        {{- define "shop.labels" -}}
        app.kubernetes.io/part-of: shop
        app.kubernetes.io/managed-by: {{ .Release.Service }}
        {{- end -}}
        """,
        auth: deployment("auth"), orders: deployment("orders"),
        values: """
        registry: registry.example.org/shop
        jwtSecretName: shop-jwt
        auth:
          tokens: true
          env:
            JWT_AUDIENCE: shop
        orders:
          tokens: true
          env:
            AUTH_URL: http://auth:8001
        """,
        staging: "environment: staging\n",
        production: """
        environment: production
        auth:
          replicas: 2
          env:
            JWT_EXPIRATION_HOURS: "12"
        orders:
          replicas: 3
          env:
            JWT_MAX_LIFETIME_HOURS: "24"
        """,
    ])

    /// The chart makes the Secret of a value.
    private static func made(_ template: String, staging one: String, production other: String) -> RuleFixture.Files {
        shop.adding([
            "charts/shop/templates/secret.yaml": """
            apiVersion: v1
            kind: Secret
            metadata:
              name: {{ .Values.jwtSecretName }}
            type: Opaque
            \(template)
            """,
            staging: "environment: staging\njwtSecret: \(one)\n",
            production: (shop[production] ?? "") + "\njwtSecret: \(other)\n",
        ])
    }

    private static let stringData = "stringData:\n  secret: {{ required \"jwtSecret\" .Values.jwtSecret | quote }}"
    private static let fromShell = made(stringData, staging: "${STAGING_JWT_SECRET}", production: "${JWT_SECRET}")

    static let fixtures: [RuleFixture] = [
        RuleFixture(
            .missingSecret, "the values of one environment switch it off", mended: shop,
            broken: shop.changing(production, "orders:\n  replicas: 3", to: "orders:\n  tokens: false"),
            found: "LS101 \(orders):11"),
        RuleFixture(
            .missingSecret, "one template lacks it, for every environment", mended: shop,
            broken: shop.changing(orders, "- name: JWT_SECRET\n", to: "- name: JWT_SECRT\n"),
            found: "LS101 \(orders):11", "LS101 \(orders):11"),
        RuleFixture(
            .differentSecrets, "the values of one environment name another Secret for one service", mended: shop,
            broken: shop.changing(production, "  replicas: 3", to: "  replicas: 3\n  jwtSecretName: orders-jwt"),
            found: "LS102 \(orders):21"),
        RuleFixture(
            .differentSecrets, "charts side by side, of which one takes another Secret", mended: sideBySide("shop-jwt"),
            broken: sideBySide("orders-jwt"), found: "LS102 charts/orders/templates/deployment.yaml:15"),
        RuleFixture(
            .twoNamesTwoValues, "a second name among the values", mended: images(shop),
            broken: images(
                shop.changing(
                    orders, "          key: secret",
                    to:
                        "          key: secret\n            - name: JWT_SECRET_KEY\n              valueFrom: {secretKeyRef: {name: shop-jwt, key: old}}"
                )),
            found: "LS103 \(orders):21", "LS103 \(orders):21"),
        RuleFixture(
            .defaultReachesProduction, "a default in the code, and the values switch the variable off", mended: shop,
            broken: shop.changing(production, "orders:\n  replicas: 3", to: "orders:\n  tokens: false").changing(
                "orders/src/authenticate.js", "process.env.JWT_SECRET;", to: "process.env.JWT_SECRET || 'dev-secret';"),
            found: "LS102 orders/src/authenticate.js:3", "LS104 \(orders):11", "LS202 orders/src/authenticate.js:3"),
        RuleFixture(
            .committedSecret, "a text in the values of production", mended: fromShell,
            broken: made(stringData, staging: "${STAGING_JWT_SECRET}", production: Given.strong),
            found: "LS105 \(production):10"),
        RuleFixture(
            .committedSecret, "a text that the template encodes", mended: fromShell,
            broken: made(
                "data:\n  secret: {{ .Values.jwtSecret | b64enc }}", staging: "${STAGING_JWT_SECRET}",
                production: Given.strong), found: "LS105 \(production):10"),
        RuleFixture(
            .weakSecret, "a placeholder in the values of production", mended: fromShell,
            broken: made(stringData, staging: "${STAGING_JWT_SECRET}", production: "changeme"),
            found: "LS106 \(production):10"),
        RuleFixture(
            .defaultReachesProduction, "a default in the template", mended: fromShell,
            broken: made(
                "stringData:\n  secret: {{ .Values.jwtSecret | default \"change-me-in-production\" | quote }}",
                staging: "${STAGING_JWT_SECRET}", production: "\"\""),
            found: "LS104 charts/shop/templates/secret.yaml:7", "LS104 charts/shop/templates/secret.yaml:7"),
        RuleFixture(
            .sharedAcrossEnvironments, "one text for two environments", mended: fromShell,
            broken: made(stringData, staging: Given.strong, production: Given.strong),
            found: "LS105 \(production):10", "LS105 \(staging):2", "LS107 \(production):10"),
        RuleFixture(
            .mixedEnvironments, "the values tell one service another environment", mended: shop,
            broken: shop.changing(
                orders, "value: {{ .Values.environment | quote }}", to: "value: staging"),
            found: "LS109 \(orders):14"),
        RuleFixture(
            .policyDiffers, "the values let one service accept another audience", mended: shop,
            broken: shop.changing(production, "JWT_MAX_LIFETIME_HOURS: \"24\"", to: "JWT_AUDIENCE: orders"),
            found: "LS110 \(production):9"),
        RuleFixture(
            .localAndCloudDiffer, "an audience that only the local stack names", mended: local,
            broken: local.changing(values, "JWT_AUDIENCE: shop", to: "LOG_LEVEL: info"),
            found: "LS111 \(auth):11", "LS111 \(auth):11"),
        RuleFixture(
            .lifetimesDoNotFit, "the values let tokens live longer than verifiers accept", mended: shop,
            broken: shop.changing(production, "\"12\"", to: "\"168\""), found: "LS301 \(production):9"),
    ]

    /// A chart for each service, with the file that `helm create` begins with.
    private static func sideBySide(_ secret: String) -> RuleFixture.Files {
        func chart(_ name: String, _ values: String) -> RuleFixture.Files {
            [
                "charts/\(name)/Chart.yaml": "apiVersion: v2\nname: \(name)\nversion: 0.1.0\n",
                "charts/\(name)/values.yaml": "replicaCount: 1\nenv: {}\n",
                "charts/\(name)/values-production.yaml": values,
                "charts/\(name)/templates/deployment.yaml": """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: {{ .Release.Name }}
                spec:
                  template:
                    spec:
                      containers:
                        - name: {{ .Chart.Name }}
                          image: "registry.example.org/shop/{{ .Chart.Name }}:{{ .Values.tag | default .Chart.Version }}"
                          env:
                            {{- range $name, $value := .Values.env }}
                            - {name: {{ $name }}, value: {{ $value | quote }}}
                            {{- end }}
                            - name: JWT_SECRET
                              valueFrom: {secretKeyRef: {name: {{ .Values.jwtSecretName }}, key: secret}}
                """,
            ]
        }
        return SampleSources.auth.adding(SampleSources.orders).adding(chart("auth", "jwtSecretName: shop-jwt\n"))
            .adding(
                chart("orders", "jwtSecretName: \(secret)\nenv: {AUTH_URL: \"http://auth:8001\"}\n"))
    }

    private static let local = shop.adding([
        "docker-compose.yml": """
        services:
          auth:
            build: ./auth
            environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: shop}
          orders:
            build: ./orders
            environment: {JWT_SECRET: "${JWT_SECRET:?}"}
        """
    ])

    /// Without the sources: images of which no code is here.
    private static func images(_ files: RuleFixture.Files) -> RuleFixture.Files {
        files.filter { $0.key.hasPrefix("charts/") }
    }

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }
}

import Testing

@testable import Check

/// Each rule in Kubernetes manifests that are applied as they stand: Deployment, StatefulSet, CronJob, Secret, ConfigMap,
/// `envFrom` and volumes.
///
/// Not here: LS108, since a Secret has no versions; LS112 (a workflow's); LS113 (an image's); LS114 (a text in a manifest
/// is LS105).
@Suite("The rules in Kubernetes manifests")
struct KubernetesRuleTests {
    private static let auth = "k8s/production/auth.yaml"
    private static let orders = "k8s/production/orders.yaml"
    private static let stock = "k8s/production/stock.yaml"
    private static let config = "k8s/production/config.yaml"

    private static let shop = SampleSources.all.adding([
        config: """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: shop
          namespace: shop
        data:
          ENVIRONMENT: production
          JWT_AUDIENCE: shop
        """,
        auth: """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: auth
          namespace: shop
        spec:
          replicas: 2
          selector: {matchLabels: {app: auth}}
          template:
            metadata: {labels: {app: auth}}
            spec:
              containers:
                - name: auth
                  image: registry.example.org/shop/auth:12
                  envFrom:
                    - configMapRef: {name: shop}
                  env:
                    - name: JWT_EXPIRATION_HOURS
                      value: "12"
                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef: {name: jwt, key: secret}
        """,
        orders: """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: orders
          namespace: shop
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec:
              containers:
                - name: app
                  image: registry.example.org/shop/orders:31
                  envFrom:
                    - configMapRef: {name: shop}
                  env:
                    - name: AUTH_URL
                      value: http://auth.shop.svc.cluster.local:8001
                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef:
                          name: jwt
                          key: secret
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          namespace: shop
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - name: nginx
                  image: registry.example.org/shop/web:4
                  env:
                    - {name: API_URL, value: "http://orders:8002"}
        """,
        stock: """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: stock, namespace: shop}
        spec:
          serviceName: stock
          selector: {matchLabels: {app: stock}}
          template:
            metadata: {labels: {app: stock}}
            spec:
              containers:
                - name: stock
                  image: registry.example.org/shop/stock:8
                  envFrom:
                    - configMapRef: {name: shop}
                    - secretRef: {name: stock}
                  env:
                    - name: JWT_SECRET
                      valueFrom: {secretKeyRef: {name: jwt, key: secret}}
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: reminders, namespace: shop}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers:
                    - name: reminders
                      image: registry.example.org/shop/reminders:2
                      args: ["--since", "1d"]
                      env:
                        - {name: ENVIRONMENT, value: production}
                        - name: JWT_SECRET
                          valueFrom: {secretKeyRef: {name: jwt, key: secret}}
        """,
        "reminders/requirements.txt": "PyJWT==2.9.0\nrequests==2.32.0\n",
        "reminders/send.py": """
        import os
        import time

        import jwt
        import requests


        def token() -> str:
            claims = {"sub": "reminders", "aud": "shop", "exp": int(time.time()) + 60}
            return jwt.encode(claims, os.environ["JWT_SECRET"], algorithm="HS256")


        requests.post("http://orders:8002/reminders", headers={"Authorization": f"Bearer {token()}"}, timeout=30)
        """,
    ])

    private static let ordersSecret = """

                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef:
                          name: jwt
                          key: secret
        """

    private static func orders(_ entry: String) -> RuleFixture.Files { shop.changing(orders, ordersSecret, to: entry) }

    // MARK: the Secret is in the tree

    private static func secrets(_ auth: String, _ orders: String, at line: String = "stringData") -> RuleFixture.Files {
        [
            "deploy/k8s/secrets.yaml": """
            apiVersion: v1
            kind: Secret
            metadata: {name: auth-env, namespace: production}
            type: Opaque
            \(line):
              JWT_SECRET: \(auth)
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: orders-env, namespace: production}
            type: Opaque
            \(line):
              JWT_SECRET: \(orders)
            """,
            "deploy/k8s/deployments.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: auth, namespace: production}
            spec:
              template:
                spec:
                  containers:
                    - name: auth
                      image: registry.example.org/shop/auth:12
                      envFrom: [{secretRef: {name: auth-env}}]
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: orders, namespace: production}
            spec:
              template:
                spec:
                  containers:
                    - name: orders
                      image: registry.example.org/shop/orders:31
                      env: [{name: AUTH_URL, value: "http://auth:8001"}]
                      envFrom: [{secretRef: {name: orders-env}}]
            """,
        ]
    }

    private static let fromShell = secrets("${JWT_SECRET}", "${JWT_SECRET}")

    // MARK: a file of a volume

    private static func volume(_ secret: String, key: String = "secret") -> RuleFixture.Files {
        shop.adding([
            "orders/src/authenticate.js": """
            const fs = require('fs');
            const jwt = require('jsonwebtoken');

            const secret = process.env.JWT_SECRET;

            module.exports = (token) => jwt.verify(token, secret, { algorithms: ['HS256'] });
            """,
            orders: """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: orders, namespace: shop}
            spec:
              template:
                spec:
                  containers:
                    - name: orders
                      image: registry.example.org/shop/orders:31
                      env:
                        - {name: ENVIRONMENT, value: production}
                        - {name: JWT_SECRET_FILE, value: /var/run/jwt/value}
                      volumeMounts:
                        - {name: jwt, mountPath: /var/run/jwt, readOnly: true}
                  volumes:
                    - name: jwt
                      secret:
                        secretName: \(secret)
                        items: [{key: \(key), path: value}]
            """,
        ])
    }

    // MARK: two containers of one pod

    private static func pod(_ variables: String) -> RuleFixture.Files {
        [
            "k8s/shop.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: shop
            spec:
              template:
                metadata: {labels: {app: shop}}
                spec:
                  containers:
                    - name: portal
                      image: registry.example.org/shop/portal:3
                      env:
                        - name: JWT_SECRET
                          valueFrom: {secretKeyRef: {name: shop-jwt, key: JWT_SECRET}}
                    - name: backend
                      image: registry.example.org/shop/backend:3
                      ports: [{containerPort: 8000}]\(variables)
                    - name: proxy
                      image: nginx:1.27
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: frontend
            spec:
              template:
                spec:
                  containers:
                    - name: frontend
                      image: registry.example.org/shop/frontend:3
                      env:
                        - {name: PORTAL_URL, value: "http://shop:8080"}
            """,
            "backend/requirements.txt": "fastapi\npython-jose\n",
            "backend/app/auth.py": """
            import os

            from fastapi import HTTPException
            from jose import JWTError, jwt

            SECRET = os.environ["JWT_SECRET"]


            def current_user(token: str) -> dict:
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(status_code=401, detail="Invalid token")
            """,
            "frontend/package.json": #"{"name": "frontend", "dependencies": {"react": "18"}}"#,
            "frontend/src/session.js": """
            export function userOf(token) {
              const payload = token.split('.')[1];
              return JSON.parse(atob(payload));
            }
            """,
        ]
    }

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

    private static let environments = fromShell.adding([
        "deploy/k8s/staging.yaml": """
        apiVersion: v1
        kind: Secret
        metadata: {name: auth-env, namespace: staging}
        stringData:
          JWT_SECRET: ${STAGING_JWT_SECRET}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: auth, namespace: staging}
        spec:
          template:
            spec:
              containers:
                - name: auth
                  image: registry.example.org/shop/auth:12
                  envFrom: [{secretRef: {name: auth-env}}]
        """
    ])

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

    /// Without the sources: images of which no code is here.
    private static func images(_ files: RuleFixture.Files) -> RuleFixture.Files {
        files.filter { $0.key.hasPrefix("k8s/") }
    }

    private enum Base64 {
        /// `Given.strong`
        static let strong = "a0o4ZlEydk43eFI0dFk2d0IxbUM1ekw5cEQzaEcwYVMtdUU="
    }

    private static func detection(_ variable: String) -> RuleFixture.Files {
        [
            "auth/app/settings.py": "import os\n\nENVIRONMENT = os.environ[\"ENVIRONMENT\"]\n",
            "stock/environment.go": """
            package main

            import "os"

            func environment() string {
            	return os.Getenv("\(variable)")
            }
            """,
        ]
    }

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }

    @Test("a front end that holds no secret is not missing one, whatever it is called")
    func frontEnd() {
        let files = Self.pod("").filter { $0.key != "backend/app/auth.py" }
        #expect(RuleFixture.found(files) == [])
    }
}

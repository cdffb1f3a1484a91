/// Repositories of teams that run on Kubernetes.
///
/// Longer than other files: each is a repository as it stands, and a Deployment has its twenty lines.
extension KubernetesRuleTests {
    static let auth = "k8s/production/auth.yaml"
    static let orders = "k8s/production/orders.yaml"
    static let stock = "k8s/production/stock.yaml"
    static let config = "k8s/production/config.yaml"

    static let shop = SampleSources.all.adding([
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

    static let ordersSecret = """

                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef:
                          name: jwt
                          key: secret
        """

    static func orders(_ entry: String) -> RuleFixture.Files { shop.changing(orders, ordersSecret, to: entry) }

    // MARK: the Secret is in the tree

    static func secrets(_ auth: String, _ orders: String, at line: String = "stringData") -> RuleFixture.Files {
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

    static let fromShell = secrets("${JWT_SECRET}", "${JWT_SECRET}")

    // MARK: a file of a volume

    static func volume(_ secret: String, key: String = "secret") -> RuleFixture.Files {
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

    static func pod(_ variables: String) -> RuleFixture.Files {
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

    static let local = shop.adding([
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

    static let environments = fromShell.adding([
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
    /// Without the sources: images of which no code is here.
    static func images(_ files: RuleFixture.Files) -> RuleFixture.Files {
        files.filter { $0.key.hasPrefix("k8s/") }
    }

    enum Base64 {
        /// `Given.strong`
        static let strong = "a0o4ZlEydk43eFI0dFk2d0IxbUM1ekw5cEQzaEcwYVMtdUU="
    }

    static func detection(_ variable: String) -> RuleFixture.Files {
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
}

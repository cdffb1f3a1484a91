import Manifests

/// The steps that differ by platform.
extension GitHubRenderer {
    var signIn: [DocumentNode] {
        switch deployed.target {
        case .ecs:
            [
                [
                    "uses": "aws-actions/configure-aws-credentials@v4",
                    "with": [
                        "aws-region": .text(deployed.fact("region")),
                        "role-to-assume": "${{ vars.AWS_DEPLOY_ROLE }}",
                    ],
                ]
            ]
        case .kubernetes:
            [
                .explained(
                    "The credentials of the cluster: a service account that may change this namespace alone.",
                    [
                        "name": "sign in to the cluster",
                        "env": ["KUBECONFIG_TEXT": "${{ secrets.KUBECONFIG }}"],
                        "run": .lines([
                            "umask 077", "printf '%s' \"$KUBECONFIG_TEXT\" > \"$RUNNER_TEMP/kubeconfig\"",
                            "echo \"KUBECONFIG=$RUNNER_TEMP/kubeconfig\" >> \"$GITHUB_ENV\"",
                        ]),
                    ])
            ]
        case .cloudRun, .compose, .github:
            [
                [
                    "uses": "google-github-actions/auth@v2",
                    "with": [
                        "workload_identity_provider": "${{ vars.GCP_IDENTITY_PROVIDER }}",
                        "service_account": "${{ vars.GCP_DEPLOY_ACCOUNT }}",
                    ],
                ],
                ["uses": "google-github-actions/setup-gcloud@v2"],
            ]
        }
    }

    var apply: [DocumentNode] {
        switch deployed.target {
        case .ecs:
            let hasOutside = deployed.services.contains { $0.host != nil }
            var parameters = ["VpcId=${{ vars.VPC_ID }}", "SubnetIds=${{ vars.SUBNET_IDS }}"]
            if hasOutside {
                parameters += [
                    "LoadBalancerSecurityGroupId=${{ vars.LOAD_BALANCER_GROUP }}",
                    "ListenerArn=${{ vars.LISTENER_ARN }}",
                ]
            }
            let last = parameters.count - 1
            return [
                [
                    "name": "verifiers first, then issuers, as the template orders them",
                    "run": .lines(
                        [
                            "aws cloudformation deploy \\", "  --stack-name lockstep-\(environment) \\",
                            "  --template-file \(folder)/services.yaml \\",
                            "  --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset \\",
                            "  --parameter-overrides \\",
                        ] + parameters.enumerated().map { "    \"\($1)\"" + ($0 == last ? "" : " \\") }),
                ]
            ]
        case .kubernetes:
            return kubernetesSteps
        case .cloudRun, .compose, .github:
            return deployed.inRotationOrder.map { service in
                [
                    "name": .text(service.role == .issuer ? "issuer \(service.name)" : "verifier \(service.name)"),
                    "run": .lines([
                        "gcloud run services replace \\", "  \(folder)/\(service.name).yaml \\",
                        "  --project \(deployed.fact("project")) --region \(deployed.fact("region")) --quiet",
                    ]),
                ]
            }
        }
    }

    private var kubernetesSteps: [DocumentNode] {
        let namespace = deployed.fact("namespace")
        var first = ["kubectl apply -f \(folder)/namespace.yaml"]
        if deployed.facts["secret_store"] != nil {
            first.append("kubectl apply -f \(folder)/secrets.yaml")
            first.append("kubectl -n \(namespace) wait externalsecret --all --for=condition=Ready --timeout=120s")
        }
        return [["name": "namespace and secrets", "run": .lines(first)]]
            + deployed.inRotationOrder.map { service in
                [
                    "name": .text(service.role == .issuer ? "issuer \(service.name)" : "verifier \(service.name)"),
                    "run": .lines([
                        "kubectl apply -f \(folder)/\(service.name).yaml",
                        "kubectl -n \(namespace) rollout status deployment/\(service.name) --timeout=300s",
                    ]),
                ]
            }
    }

    /// From the platform's store, in the version that the services have; never kept in GitHub.
    var internalToken: [String] {
        let bindings = deployed.services.flatMap(\.secrets)
        guard let secret = bindings.first(where: { $0.variable == "LOCKSTEP_INTERNAL_TOKEN" })?.secret else {
            return []
        }
        let read: [String] =
            switch deployed.target {
            case .ecs:
                [
                    "aws secretsmanager get-secret-value",
                    "--secret-id \(secret.name)",
                    "--version-stage v\(secret.version) --query SecretString --output text",
                ]
            case .kubernetes:
                [
                    "kubectl -n \(deployed.fact("namespace")) get secret",
                    "\(secret.objectName)",
                    "-o jsonpath='{.data.value}' | base64 -d",
                ]
            case .cloudRun, .compose, .github:
                [
                    "gcloud secrets versions access \(secret.version)",
                    "--secret \(secret.name)",
                    "--project \(deployed.environment.project ?? deployed.fact("project"))",
                ]
            }
        let last = read.count - 1
        return ["LOCKSTEP_INTERNAL_TOKEN=$("]
            + read.enumerated().map { ($0 == 0 ? "  " : "    ") + $1 + ($0 == last ? "" : " \\") }
            + [")", "echo \"::add-mask::$LOCKSTEP_INTERNAL_TOKEN\"", "export LOCKSTEP_INTERNAL_TOKEN"]
    }
}

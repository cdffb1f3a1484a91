import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("charts")
struct HelmTests {
    /// As `helm create` writes it, in short.
    static let helpers = """
        {{/*
        The name.
        */}}
        {{- define "api.name" -}}
        {{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
        {{- end }}
        {{- define "api.fullname" -}}
        {{- if .Values.fullnameOverride }}
        {{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
        {{- else }}
        {{- $name := default .Chart.Name .Values.nameOverride }}
        {{- if contains $name .Release.Name }}
        {{- .Release.Name | trunc 63 | trimSuffix "-" }}
        {{- else }}
        {{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
        {{- end }}
        {{- end }}
        {{- end }}
        {{- define "api.labels" -}}
        helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
        app.kubernetes.io/name: {{ include "api.name" . }}
        {{- if .Chart.AppVersion }}
        app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
        {{- end }}
        {{- end }}
        """

    static let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ include "api.fullname" . }}
          labels:
            {{- include "api.labels" . | nindent 4 }}
        spec:
          {{- if not .Values.autoscaling.enabled }}
          replicas: {{ .Values.replicaCount }}
          {{- end }}
          template:
            metadata:
              annotations:
                checksum/config: {{ include (print $.Template.BasePath "/secret.yaml") . | sha256sum }}
              {{- with .Values.podAnnotations }}
                {{- toYaml . | nindent 8 }}
              {{- end }}
            spec:
              containers:
                - name: {{ .Chart.Name }}
                  image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
                  env:
                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef:
                          name: {{ include "api.fullname" . }}
                          key: jwt
                    - name: ENVIRONMENT
                      value: {{ .Values.environment | quote }}
                    {{- range $key, $value := .Values.env }}
                    - name: {{ $key }}
                      value: {{ $value | quote }}
                    {{- end }}
                    {{- with .Values.extraEnv }}
                    {{- toYaml . | nindent 12 }}
                    {{- end }}
        """

    static let values = """
        replicaCount: 1
        environment: development
        image: {repository: registry.example.org/api, tag: ""}
        autoscaling: {enabled: false}
        podAnnotations: {}
        jwt:
          secret: written-in-the-values
        env:
          LOG_LEVEL: info
          WORKERS: 4
        extraEnv:
          - name: API_TOKEN
            value: "token-in-the-values"
        """

    static var chart: [String: String] {
        [
            "charts/api/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.2.3\nappVersion: \"9\"\n",
            "charts/api/values.yaml": values, "charts/api/templates/_helpers.tpl": helpers,
            "charts/api/templates/deployment.yaml": deployment,
            "charts/api/templates/secret.yaml": """
            apiVersion: v1
            kind: Secret
            metadata:
              name: {{ include "api.fullname" . }}
            type: Opaque
            data:
              jwt: {{ .Values.jwt.secret | b64enc | quote }}
            """,
            "charts/api/templates/NOTES.txt": "{{ nonsense",
        ]
    }

    @Test("templates are rendered, and each value knows where it stands")
    func rendering() throws {
        let reading = kubernetes(Self.chart)
        #expect(reading.unread.isEmpty)
        let stack = try #require(reading.stacks.first)
        #expect(reading.stacks.count == 1)
        #expect(stack.name == "charts/api")
        let workload = try #require(stack.workloads.first)
        #expect(workload.name == "api")
        #expect(workload.image == "registry.example.org/api:9")
        let secret = try #require(workload["JWT_SECRET"])
        #expect(secret.value == .literal("written-in-the-values"))
        #expect(secret.position == SourcePosition(file: "charts/api/templates/deployment.yaml", line: 23, column: 15))
        #expect(secret.valuePosition == SourcePosition(file: "charts/api/values.yaml", line: 7, column: 11))
        #expect(workload["LOG_LEVEL"]?.value == .literal("info"))
        #expect(workload["LOG_LEVEL"]?.position.line == 31)
        #expect(workload["WORKERS"]?.value == .literal("4"))
        #expect(workload["API_TOKEN"]?.value == .literal("token-in-the-values"))
        #expect(workload["API_TOKEN"]?.valuePosition?.line == 13)
        #expect(stack.environment?.environment == .development)
    }

    @Test("secrets in the values are in the files for all to see, once")
    func loose() {
        let reading = kubernetes(Self.chart)
        #expect(
            reading.loose.map { "\($0.name) \($0.position)" }.sorted() == [
                "API_TOKEN charts/api/values.yaml:13", "jwt.secret charts/api/values.yaml:7",
            ])
    }

    @Test("one stack for each values file, over the chart's own")
    func environments() throws {
        var tree = Self.chart
        tree["charts/api/values-prod.yaml"] = "environment: production\njwt: {secret: null}\nenv: {WORKERS: 8}\n"
        tree["charts/api/values.staging.yaml"] = "jwt: {secret: \"${JWT_STAGING}\"}\n"
        let reading = kubernetes(tree)
        #expect(reading.unread.isEmpty)
        #expect(reading.stacks.map(\.environment?.environment) == [.production, .staging])
        let production = try #require(reading.stacks.first?.workloads.first)
        #expect(production["WORKERS"]?.value == .literal("8"))
        #expect(production["LOG_LEVEL"]?.value == .literal("info"))
        // Nothing in the files gives it, so it is given at deploy.
        #expect(production["JWT_SECRET"]?.value == .reference(SecretReference(.template, ".Values.jwt.secret")))
        let staging = try #require(reading.stacks.last?.workloads.first)
        #expect(staging["JWT_SECRET"]?.value == .reference(SecretReference(.variable, "JWT_STAGING")))
    }

    /// The value of a variable in a template, with a few values.
    static let expressions: [(String, BoundValue)] = [
        ("{{ .Values.a }}", .literal("x")), ("{{ .Values.a | quote }}", .literal("x")),
        ("\"{{ .Values.a }}-{{ .Values.b.c }}\"", .literal("x-y")),
        ("{{ .Values.gone | default \"d\" }}", .literal("d")),
        ("{{ default \"d\" .Values.a }}", .literal("x")), ("{{ .Release.Name }}/{{ .Chart.Name }}", .literal("c/c")),
        ("{{ .Values.quoted | quote }}", .literal("a \"b\" \\ c: d # e")), ("{{ .Values.n }}", .literal("5")),
        ("{{ printf \"%s:%d\" .Values.a (int .Values.n) }}", .literal("x:5")),
        ("{{ if eq .Values.a \"x\" }}yes{{ else }}no{{ end }}", .literal("yes")),
        ("{{ if and .Values.a (not .Values.off) }}yes{{ end }}", .literal("yes")),
        ("{{ (index .Values.list 1) | upper }}", .literal("TWO")),
        ("{{ join \",\" .Values.list }}", .literal("one,two")),
        ("{{ ternary \"on\" \"off\" .Values.off }}", .literal("off")),
        ("{{ required \"needed\" .Values.a }}", .literal("x")), ("{{ tpl .Values.template . }}", .literal("<x>")),
        ("{{ $v := .Values.b }}{{ $v.c }}", .literal("y")),
        ("{{ with .Values.b }}{{ .c }}{{ $.Values.a }}{{ end }}", .literal("yx")),
        ("{{ `raw }}` }}", .literal("raw }}")), ("{{/* }} */}}text", .literal("text")),
        ("{{ .Values.secret }}", .reference(SecretReference(.template, ".Values.secret"))),
        (
            "{{ .Values.secret | default \"fallback\" | quote }}",
            .reference(SecretReference(.template, ".Values.secret"), default: .literal("fallback"))
        ),
        ("{{ randAlphaNum 32 }}", .opaque("randAlphaNum")),
        ("{{ .Files.Get \"x\" }}", .opaque("a method of the chart")),
        ("{{ if semverCompare \">=1.19-0\" .Capabilities.KubeVersion.GitVersion }}new{{ end }}", .literal("new")),
        ("{{ range $i, $e := .Values.list }}{{ if $i }},{{ end }}{{ $e }}{{ end }}", .literal("one,two")),
        ("{{ .Values.json | toJson | quote }}", .literal("{\"k\":\"v\"}")),
    ]

    static func tree(_ expression: String) -> [String: String] {
        [
            "c/Chart.yaml": "name: c\n",
            "c/values.yaml": """
            a: x
            b: {c: y}
            n: 5
            off: false
            secret: ""
            quoted: 'a "b" \\ c: d # e'
            list: [one, two]
            template: "<{{ .Values.a }}>"
            json: {k: v}
            """,
            "c/templates/pod.yaml": """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              containers:
                - env:
                    - name: X
                      value: \(expression)
            """,
        ]
    }

    @Test("expressions", arguments: expressions)
    func expression(_ example: (String, BoundValue)) throws {
        let reading = kubernetes(Self.tree(example.0))
        #expect(try variable("X", of: "p", in: reading).value == example.1)
    }

    /// What decides the structure and can't be followed; cycles; what is no template.
    static let refused: [String] = [
        "{{ if (.Files.Get \"x\") }}a{{ end }}", "{{ .Values.a", "{{ end }}", "{{ if .Values.a }}",
        "{{ range .Values.a }}{{ end }}",
        "{{ $gone }}", "{{ fail \"no\" }}", "{{ set .Values \"a\" \"b\" }}",
        "x\n{{ someFunction .Values | nindent 6 }}",
        "{{ .Values.b }}", "{{ define \"l\" }}{{ include \"l\" . }}{{ end }}{{ include \"l\" . }}",
        "{{ range until 5 }}{{ end }}", "{{ ((((( }}", "{{ \"open }}",
    ]

    @Test("what only helm can tell is named, with the way to it", arguments: refused)
    func refusal(_ expression: String) {
        let reading = kubernetes(Self.tree(expression))
        #expect(reading.stacks.isEmpty)
        #expect(reading.unread.count == 1)
        #expect(reading.unread.first?.reason.contains("helm template") == true)
        #expect(reading.unread.first?.position.file == "c/templates/pod.yaml")
        #expect((8...9).contains(reading.unread.first?.position.line ?? 0))
    }

    static let deep: [String] = [
        "{{ .Values.a" + String(repeating: " | upper", count: 20_000) + " }}",
        "{{ " + String(repeating: "(", count: 20_000),
        String(repeating: "{{ if .Values.a }}", count: 20_000) + String(repeating: "{{ end }}", count: 20_000),
        "{{ if .Values.off }}" + String(repeating: "{{ else if .Values.off }}", count: 20_000) + "{{ end }}",
    ]

    @Test("what is nested without end is refused", arguments: deep.indices)
    func depth(_ index: Int) {
        let reading = kubernetes(Self.tree(Self.deep[index]))
        #expect(reading.stacks.isEmpty)
        #expect(reading.unread.count == 1)
    }

    @Test("ranges in ranges come to an end")
    func growth() {
        let loops =
            String(repeating: "{{ range $.Values.list }}", count: 30) + "x" + String(repeating: "{{ end }}", count: 30)
        let reading = kubernetes(Self.tree(loops))
        #expect(reading.unread.first?.reason.contains("does not come to an end") == true)
    }

    @Test("a chart below another gets its part of the values")
    func subchart() throws {
        var tree = Self.chart
        tree["charts/api/charts/worker/Chart.yaml"] = "name: worker\n"
        tree["charts/api/charts/worker/values.yaml"] = "level: low\nother: kept\n"
        tree["charts/api/charts/worker/templates/pod.yaml"] = """
            apiVersion: v1
            kind: Pod
            metadata: {name: worker}
            spec: {containers: [{env: [{name: L, value: "{{ .Values.level }}{{ .Values.other }}{{ .Values.global.x }}"}]}]}
            """
        tree["charts/api/values-prod.yaml"] = "worker: {level: high}\nglobal: {x: G}\n"
        let reading = kubernetes(tree)
        #expect(try variable("L", of: "worker", in: reading).value == .literal("highkeptG"))
    }

    @Test("rendered output is plain Kubernetes")
    func rendered() throws {
        let text =
            "---\n# Source: api/templates/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
            + "spec: {containers: [{env: [{name: A, value: b}]}]}\n"
        #expect(try variable("A", of: "p", in: kubernetes(["out/all.yaml": text])).value == .literal("b"))
    }
}

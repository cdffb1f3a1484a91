import Evidence

/// Images that everybody can pull and that sign tokens for themselves: another secret beside theirs is no drift. A list of
/// what is known, since nothing else tells a program of one's own from somebody else's.
enum PublicImages {
    /// By the last part of the image's name, or the one before it.
    private static let known: Set<String> = [
        "strapi", "n8n", "n8nio", "outline", "outlinewiki", "vikunja", "directus", "librechat", "mattermost", "gitea",
        "nextcloud", "grafana", "linuxserver", "authentik", "keycloak", "authelia", "dendrite", "synapse", "jitsi",
        "rocketchat", "wekan", "appwrite", "nocodb", "baserow", "budibase", "tooljet", "appsmith", "metabase",
        "superset",
        "airflow", "zitadel", "ory", "hydra", "kratos", "minio", "vaultwarden", "bitwarden", "immich", "paperless-ngx",
        "wikijs", "wiki", "ghost", "drone", "woodpecker-server", "sentry", "posthog", "plausible", "umami", "chatwoot",
        "typebot", "calcom", "documenso", "formbricks", "dify-api", "open-webui", "flowise", "langfuse", "activepieces",
        "docmost", "affine", "plane", "zulip", "peertube", "mastodon", "pixelfed", "misskey", "lemmy", "gotify",
        "homeassistant", "portainer", "rancher", "harbor", "sonarqube", "jenkins", "rundeck", "postgres", "redis",
        "mongo", "mysql", "mariadb", "rabbitmq", "kafka", "memcached", "elasticsearch", "opensearch", "influxdb",
        "chronograf", "pgadmin4", "adminer", "node-red", "flagsmith", "unleash-server", "growthbook", "novu",
        "pocketbase",
    ]

    static func isForeign(_ workload: Workload) -> Bool {
        guard workload.sourceDirectory == nil, workload.dockerfile == nil, let image = workload.image else {
            return false
        }
        let path = image.lowercased().split(separator: "@").first?.split(separator: "/") ?? []
        let names = path.suffix(2).compactMap { $0.split(separator: ":").first.map(String.init) }
        return names.contains(where: known.contains)
    }
}

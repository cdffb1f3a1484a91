/// How the proxy that asks for decisions says what was asked of it (`GW_DECIDE_FOR`).
///
/// One, and no guessing between them: what another proxy would set, a client may have set, and the proxy that asks passes
/// it on untouched.
package enum DecisionDialect: String, Sendable, CaseIterable {
    /// `/decide` answers 404.
    case none
    /// nginx `auth_request`: `X-Original-Method` and `X-Original-URI` by `proxy_set_header`, and `Host` of the request.
    case nginx
    /// Traefik's ForwardAuth and Caddy's `forward_auth`: `X-Forwarded-Method`, `-Uri` and `-Host`.
    case forwardAuth = "forward-auth"
    /// Envoy's `ext_authz` over HTTP with `path_prefix: /decide`: the request's own method, host and path.
    case envoy
}

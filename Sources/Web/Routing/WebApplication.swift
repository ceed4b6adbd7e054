import Core
import Logging

/// The route table and everything it needs, put together.
package enum WebApplication {
    /// Builds the responder of an instance.
    ///
    /// - Parameters:
    ///   - configuration: What the administrator decided.
    ///   - storage: The instance's directory.
    ///   - catalogue: The commands.
    ///   - store: The audit.
    ///   - tokens: The API tokens.
    ///   - registry: The instances that share the audit.
    ///   - killList: Where kills are announced; nil: in the table alone.
    ///   - launcher: Starts jobs.
    ///   - isForOneRequest: Whether there will be only one, so that nothing is made that it may not need.
    ///   - log: Where failures are told.
    /// - Throws: An error with a sentence for the operator if keys or page files cannot be used.
    package static func responder(
        _ configuration: Configuration, storage: Storage, catalogue: Catalogue, store: any ExecutionStore,
        tokens: any TokenStore, registry: any InstanceStore, killList: (any KillList)? = nil, launcher: Launcher,
        isForOneRequest: Bool = false,
        log: Logger
    ) throws -> Responder {
        let permissions = Permissions(configuration)
        let origin = Origin(publicURL: configuration.publicURL)
        let csrf = CSRFToken(secret: storage.secret)
        let page = PageSource(directory: configuration.pageDirectory)
        if !isForOneRequest { _ = try page.assets() }
        let freshness = CatalogueFreshness(configuration: configuration, launcher: launcher, log: log)
        let commands = CommandList(catalogue: catalogue, permissions: permissions, freshness: freshness)
        let history = ListHistory(
            configuration: configuration, catalogue: catalogue, permissions: permissions, store: store)
        let watching = WatchExecution(
            catalogue: catalogue, permissions: permissions, store: store, storage: storage)
        let starting = StartExecution(
            configuration: configuration, catalogue: catalogue, permissions: permissions, store: store,
            storage: storage, launcher: launcher, log: log)
        let killing = RequestKill(
            catalogue: catalogue, permissions: permissions, store: store, storage: storage, killList: killList,
            launcher: launcher, log: log)

        let elsewhere = InstanceRedirect(registry: registry)

        let routes = [
            Route(.get, "/execute/{uuid}", PollEndpoint(watching: watching, elsewhere: elsewhere)),
            Route(
                .get, "/",
                PageEndpoint(
                    page: page, csrf: csrf, commands: commands,
                    killAllowed: configuration.allowProcessKill)),
            Route(.get, "/commands", CommandsEndpoint(commands: commands)),
            Route(.get, "/filters", FiltersEndpoint(history: history)),
            Route(
                .get, "/history",
                HistoryEndpoint(
                    history: history, permissions: permissions, catalogue: catalogue, origin: origin,
                    registry: registry)),
            Route(.post, "/execute", ExecuteEndpoint(starting: starting, catalogue: catalogue, freshness: freshness)),
            Route(.post, "/check", CheckEndpoint(starting: starting, catalogue: catalogue, freshness: freshness)),
            Route(.get, "/execute/{uuid}/log", LogEndpoint(watching: watching, elsewhere: elsewhere)),
            Route(.post, "/kill/{uuid}", KillEndpoint(killing: killing)),
            Route(.get, "/instances", InstancesEndpoint(registry: registry, here: storage.serverUUID)),
            Route(
                .post, "/instances/{server_uuid}/close",
                CloseInstanceEndpoint(closing: CloseInstance(registry: registry, log: log)), access: .superUsers),
            Route(.get, "/metrics", MetricsEndpoint(store: store), access: .superUsers),
            Route(.get, "/openapi.json", OpenAPIEndpoint()),
            Route(open: "/health", HealthEndpoint(store: store, catalogue: catalogue)),
            Route(open: "/assets/{name}", AssetEndpoint(page: page)),
        ]
        let identities = IdentityReader(
            configuration, tokens: tokens, jwt: try configuration.jwt.map(JWTVerifier.init))
        return Responder(
            routes: routes, url: configuration.url,
            gate: Gate(identities: identities, permissions: permissions, csrf: csrf, origin: origin),
            errors: ErrorResponse(log: log))
    }
}

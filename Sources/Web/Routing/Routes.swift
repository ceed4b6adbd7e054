/// The route table. A new route is one line here.
///
/// The tests for access and for the OpenAPI document go through this table, so they report what a new route lacks.
extension WebApplication {
    /// All routes. The first one that matches is used, so the poll, which is most frequent, is first.
    var routes: [Route] {
        [
            Route(.get, "/execute/{uuid}", to: PollEndpoint(watching: watching, redirect: redirect)),
            Route(
                .get, "/",
                to: PageEndpoint(
                    page: page, csrf: csrf, commands: commands, personal: personal, origin: origin,
                    killAllowed: killAllowed)),
            Route(.get, "/commands", to: CommandsEndpoint(commands: commands)),
            Route(.get, "/filters", to: FiltersEndpoint(history: history)),
            Route(
                .get, "/history",
                to: HistoryEndpoint(
                    history: history, permissions: permissions, catalogue: catalogue, origin: origin,
                    registry: registry, store: store)),
            Route(
                .get, "/history/export",
                to: HistoryExportEndpoint(
                    history: history, permissions: permissions, catalogue: catalogue, registry: registry, store: store,
                    storage: storage, log: log)),
            Route(.post, "/execute", to: ExecuteEndpoint(starting: starting, catalogue: catalogue, refresh: refresh)),
            Route(.post, "/check", to: CheckEndpoint(starting: starting, catalogue: catalogue, refresh: refresh)),
            Route(.get, "/execute/{uuid}/log", to: LogEndpoint(watching: watching, redirect: redirect)),
            Route(
                .get, "/execute/{uuid}/search", to: SearchEndpoint(watching: watching, redirect: redirect)),
            Route(.post, "/kill/{uuid}", to: KillEndpoint(killing: killing)),
            Route(.get, "/personal", to: PersonalEndpoint(personal: personal)),
            Route(.post, "/favourites", to: FavouriteEndpoint(personal: personal)),
            Route(.post, "/presets", to: SavePresetEndpoint(personal: personal)),
            Route(.post, "/presets/{preset}/delete", to: DeletePresetEndpoint(personal: personal)),
            Route(.get, "/instances", to: InstancesEndpoint(registry: registry, own: storage.serverUUID)),
            Route(
                .post, "/instances/{server_uuid}/close", to: CloseInstanceEndpoint(closing: closing, storage: storage),
                access: .superUsers),
            Route(.get, "/metrics", to: MetricsEndpoint(store: store), access: .metricsReaders),
            Route(.get, "/openapi.json", to: OpenAPIEndpoint()),
            Route(open: "/health", to: HealthEndpoint(store: store, catalogue: catalogue, condition: condition)),
            Route(open: "/assets/{name}", to: AssetEndpoint(page: page)),
        ]
    }
}

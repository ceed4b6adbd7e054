import Core
import Logging

/// The use cases and helpers of the web side of an instance. `Routes.swift` passes them to the endpoints.
package struct WebApplication {
    let catalogue: Catalogue
    let closing: CloseInstance
    let commands: CommandList
    let condition: InstanceCondition
    let csrf: CSRFToken
    let history: ListHistory
    let killAllowed: Bool
    let killing: RequestKill
    let log: Logger
    let origin: Origin
    let page: PageSource
    let permissions: Permissions
    let personal: KeepPersonal
    let redirect: InstanceRedirect
    let refresh: BackgroundRefresh
    let registry: any InstanceStore
    let starting: StartExecution
    let storage: Storage
    let store: any ExecutionStore
    let watching: WatchExecution

    /// Builds the responder of an instance.
    ///
    /// - Parameters:
    ///   - registry: The instances that share the store.
    ///   - personal: Favourites and presets.
    ///   - killList: Announces kill requests; nil if brokers find them in the store only.
    ///   - condition: What is wrong with the instance.
    ///   - isForOneRequest: Whether this process answers one request (CGI). The files of the page are then read only if
    ///     the request needs them.
    /// - Throws: An error with a sentence for the administrator if the keys of `jwt` or the files of the page cannot be
    ///   used.
    package static func responder(
        _ configuration: Configuration, storage: Storage, catalogue: Catalogue, store: any ExecutionStore,
        tokens: any TokenStore, registry: any InstanceStore, personal: any PersonalStore,
        killList: (any KillList)? = nil, launcher: Launcher,
        condition: InstanceCondition = .good, isForOneRequest: Bool = false, log: Logger
    ) throws -> Responder {
        let application = WebApplication(
            configuration, storage: storage, catalogue: catalogue, store: store, registry: registry,
            personal: personal, killList: killList, launcher: launcher, condition: condition,
            isForOneRequest: isForOneRequest, log: log)
        if !isForOneRequest { _ = try application.page.assets() }
        let identities = IdentityReader(
            configuration, tokens: tokens, jwt: try configuration.jwt.map { try JWTVerifier($0, log: log) }, log: log)
        let csrf = CSRFCheck(token: application.csrf, origin: application.origin)
        return Responder(
            routes: application.routes, configuration,
            gate: Gate(identities: identities, permissions: application.permissions, csrf: csrf),
            errors: ErrorResponse(log: log, page: ErrorPage(page: application.page, origin: application.origin)),
            condition: condition)
    }

    private init(
        _ configuration: Configuration, storage: Storage, catalogue: Catalogue, store: any ExecutionStore,
        registry: any InstanceStore, personal: any PersonalStore, killList: (any KillList)?, launcher: Launcher,
        condition: InstanceCondition, isForOneRequest: Bool, log: Logger
    ) {
        self.condition = condition
        self.log = log
        self.catalogue = catalogue
        self.registry = registry
        self.storage = storage
        self.store = store
        closing = CloseInstance(registry: registry, log: log)
        csrf = CSRFToken(secret: storage.secret)
        killAllowed = configuration.allowProcessKill
        origin = Origin(publicURL: configuration.publicURL)
        page = PageSource(directory: configuration.pageDirectory, isForOneRequest: isForOneRequest)
        permissions = Permissions(configuration)
        self.personal = KeepPersonal(
            configuration: configuration, catalogue: catalogue, permissions: permissions, store: personal,
            storage: storage)
        redirect = InstanceRedirect(registry: registry)
        refresh = BackgroundRefresh(configuration: configuration, launcher: launcher, log: log)
        commands = CommandList(
            catalogue: catalogue, permissions: permissions, refresh: refresh, isForOneRequest: isForOneRequest)
        history = ListHistory(
            configuration: configuration, catalogue: catalogue, permissions: permissions, store: store)
        killing = RequestKill(
            catalogue: catalogue, permissions: permissions, store: store, storage: storage, killList: killList,
            launcher: launcher, log: log)
        starting = StartExecution(
            configuration: configuration, catalogue: catalogue, permissions: permissions, store: store,
            storage: storage, launcher: launcher, log: log)
        watching = WatchExecution(
            catalogue: catalogue, permissions: permissions, store: store, storage: storage,
            plan: configuration.kill, reads: LogReads(store: store, storage: storage, waits: isForOneRequest, log: log))
    }
}

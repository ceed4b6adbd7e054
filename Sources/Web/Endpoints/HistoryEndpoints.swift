import Core

/// `GET /history`: one page of the executions that a person may see, in the form of Laravel's paginator.
struct HistoryEndpoint: Endpoint {
    let history: ListHistory
    let permissions: Permissions
    let catalogue: Catalogue
    let origin: Origin
    let registry: any InstanceStore

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let filters = HistoryFilters(request.query)
        let query = try filters.query()
        let page = try history.page(query, for: person)
        let commands = catalogue.current
        let registered = try registry.instances()
        // Rows name their instance only if there are several.
        let instances = Dictionary(
            registered.count > 1 ? registered.map { ($0.serverUUID, $0) } : [], uniquingKeysWith: { first, _ in first })
        let now = Clock.seconds()
        // The number of a row tells how many others have been stored. So people who do not see all of them get the place
        // of the row among those that they see, as it is without filters: the newest has the largest number.
        let seesAll = history.visibility(for: person) == .everything
        let rows = page.rows.enumerated().map { index, row in
            // There are rows, so the product is not larger than the total.
            let place = page.total - (query.page - 1) * query.rowsPerPage - index
            let command = commands[row.command]
            let mayKill = permissions.mayKill(ownedBy: row.userIdentifier, of: command, by: person)
            return HistoryRow(
                execution: row, id: seesAll ? row.id : Int64(place), canKill: !row.status.isEnded && mayKill,
                canRun: command.map { permissions.mayRun($0, by: person) } ?? false,
                instance: instances[row.serverUUID], now: now
            ).json()
        }
        let paginator = Paginator(
            count: rows.count, total: page.total, page: query.page, perPage: query.rowsPerPage,
            path: origin.base(of: request) + "/history",
            filters: filters.sent)
        return Response(json: paginator.json(rows))
    }
}

/// `GET /filters`: the users of the executions that a person may see.
struct FiltersEndpoint: Endpoint {
    let history: ListHistory

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        try JSON.response(["users": history.users(for: person)])
    }
}

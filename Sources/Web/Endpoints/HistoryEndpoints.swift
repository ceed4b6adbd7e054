import Core

/// `GET /history`: one page of the executions that a person may see, in the form of Laravel's paginator.
struct HistoryEndpoint: Endpoint {
    let history: ListHistory
    let permissions: Permissions
    let catalogue: Catalogue
    let origin: Origin
    let registry: any InstanceStore
    let store: any ExecutionStore
    let answers = AnswerCache()

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let commands = catalogue.current
        let path = origin.base(of: request) + "/history"
        var key = CacheKey()
        key.add(person)
        key.add(commands.version)
        key.add(path)
        request.query.add(to: &key)
        let json = try answers.answer(for: key, counter: store.changeCounter) {
            try page(HistoryFilters(request.query), path: path, commands, for: person)
        }
        return Response(json: json)
    }

    /// Every page but the first one without filters, which everybody opens.
    func takesLong(_ request: Request) -> Bool {
        !HistoryFilters(request.query).sent.isEmpty || request.query["page"] != nil
    }

    private func page(
        _ filters: HistoryFilters, path: String, _ commands: CatalogueSnapshot, for person: Person
    ) throws -> [UInt8] {
        let query = try filters.query()
        let page = try history.page(query, for: person)
        let rows = try HistoryRows(
            for: person, seesAll: history.visibility(for: person) == .everything, commands: commands,
            permissions: permissions, registry: registry, now: Clock.seconds())
        let paginator = Paginator(
            count: page.rows.count, total: page.total, isTotalExact: page.isTotalExact, page: query.page,
            perPage: query.rowsPerPage, path: path,
            filters: filters.sent)
        return paginator.json(
            page.rows.enumerated().map { index, execution in
                // There are rows, so the product is not larger than the total.
                rows.row(execution, place: page.total - (query.page - 1) * query.rowsPerPage - index)
            })
    }
}

/// `GET /filters`: the users of the executions that a person may see.
struct FiltersEndpoint: Endpoint {
    let history: ListHistory

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        try JSON.response(["users": history.users(for: person)])
    }
}

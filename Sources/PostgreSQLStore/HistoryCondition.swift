import Core

/// The WHERE clause of a query; its values are added to those of the statement that it becomes part of.
struct HistoryCondition {
    private var parts: [String] = []
    /// Whether it speaks only of what `remotisan_counted` knows. There no user at all and one without a name are the
    /// same.
    private(set) var isCounted = true

    var sql: String {
        parts.isEmpty ? "true" : parts.joined(separator: " AND ")
    }

    /// What somebody sees.
    init(_ visibility: Visibility, _ values: inout Values) {
        switch visibility {
        case .everything: break
        case .own(let user), .ownAndCommands(let user, []):
            isCounted = !user.isEmpty
            parts.append("user_identifier = \(values.add(Value(user)))")
        case .ownAndCommands(let user, let commands):
            isCounted = !user.isEmpty
            parts.append(
                """
                (user_identifier = \(values.add(Value(user)))
                    OR command = ANY (\(values.add(Value(list: commands.sorted())))::text[]))
                """)
        }
    }

    /// What somebody sees and has asked for.
    init(_ query: HistoryQuery, _ values: inout Values) {
        guard let cap = query.maxRecords else {
            self.init(query.visibility(of: query.name), &values)
            addFilters(query, &values)
            return
        }
        // Of what is visible, only the newest: filters choose among those.
        self.init(Visibility.everything, &values)
        isCounted = false
        parts.append("id IN (SELECT id FROM (\(NewestRows(query.visibility, count: cap, &values).sql)) AS newest)")
        addFilters(query, &values)
    }

    /// What somebody has asked for, whatever they see.
    init(filtersOf query: HistoryQuery, _ values: inout Values) {
        self.init(Visibility.everything, &values)
        addFilters(query, &values)
    }

    private mutating func addFilters(_ query: HistoryQuery, _ values: inout Values) {
        func add(_ left: String, _ value: Value) -> String { left + " " + values.add(value) }
        if case .some(.some(let status)) = query.status {
            parts.append(add("process_status =", Value(status.rawValue)))
        }
        if let user = query.user {
            if user.isEmpty { isCounted = false }
            parts.append(add("user_identifier =", Value(user)))
        }
        if let name = query.name { parts.append(add("command =", Value(name))) }
        if let text = query.text {
            isCounted = false
            // By the C collation only ASCII letters have a case, as SQLite's LIKE has it.
            parts.append(
                add(
                    #"lower(command || ' ' || coalesce(parameters, '')) LIKE"#,
                    Value(HistoryQuery.pattern(text.lowered)))
                    + #" ESCAPE '\'"#)
        }
        if let uuid = query.uuid {
            isCounted = false
            if let whole = JobUUID(uuid) {
                parts.append(add("job_uuid =", Value(whole.description)))
            } else {
                parts.append(add("lower(job_uuid) LIKE", Value(HistoryQuery.pattern(uuid.lowered))) + #" ESCAPE '\'"#)
            }
        }
        if let from = query.from {
            isCounted = false
            parts.append(add("executed_at >=", Value(from)))
        }
        if let until = query.until {
            isCounted = false
            parts.append(add("executed_at <", Value(until)))
        }
    }

    /// The SELECT of the number of rows that meet it.
    var count: String {
        isCounted
            ? "SELECT coalesce(sum(executions), 0) FROM remotisan_counted WHERE \(sql)"
            : "SELECT count(*) FROM remotisan_executions WHERE \(sql)"
    }
}

extension String {
    /// With small letters for ASCII's capital ones.
    fileprivate var lowered: String {
        String(
            decoding: utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

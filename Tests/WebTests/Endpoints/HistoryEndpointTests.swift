import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct HistoryEndpointTests {
    private static func site(rows: Int) throws -> TestSite {
        let site = try TestSite()
        for number in 0..<rows {
            try site.insert(parameters: "filler \(number)", executedAt: 1_790_000_000 + Int64(number))
        }
        return site
    }

    private static let originalKeys: Set = [
        "id", "job_uuid", "server_uuid", "user_identifier", "command", "parameters", "executed_at", "finished_at",
        "process_status", "killed_by", "intended_to_kill_by",
    ]

    @Test func `numbers of rows do not tell how many rows of others there are`() throws {
        let site = try TestSite("history: { should_scope: true }\n" + Configuration.sampleText)
        for number in 0..<40 {
            try site.insert(
                user: number.isMultiple(of: 3) ? "ann@lab" : "bob@lab", executedAt: 1_790_000_000 + Int64(number))
        }
        func numbers(_ user: String, page: Int) throws -> [Double] {
            try (site.get("/history?page=\(page)", as: user).json["data"]?.list ?? []).compactMap { $0["id"]?.number }
        }
        #expect(try numbers("ann@lab", page: 1) == (5...14).reversed().map(Double.init))
        #expect(try numbers("ann@lab", page: 2) == (1...4).reversed().map(Double.init))
        #expect(try numbers("ann@lab", page: Int.max) == [])

        // A person who may see all rows sees the numbers of the rows.
        let open = try Self.site(rows: 3)
        let rows = try open.store.history(HistoryQuery(visibility: .everything)).rows
        let shown = try open.get("/history?status=1&sort=executed_at&direction=asc", as: "root@lab").json["data"]?.list
        #expect(shown?.compactMap { $0["id"]?.number } == rows.reversed().map { Double($0.id) })
    }

    @Test func `a page has the keys, links and numbers of the original's answer`() throws {
        let site = try Self.site(rows: 23)
        let json = try site.get("/history", ["HTTP_HOST": "127.0.0.1:18080", "SERVER_PORT": "18080"]).json
        let path = "http://127.0.0.1:18080/remotisan/history"
        #expect(
            json.keys == [
                "current_page", "data", "first_page_url", "from", "last_page", "last_page_url", "links",
                "next_page_url", "path", "per_page", "prev_page_url", "to", "total", "total_is_exact",
            ])
        #expect(json["total_is_exact"] == .truth(true))
        #expect(json["current_page"]?.number == 1)
        #expect(json["from"]?.number == 1)
        #expect(json["to"]?.number == 10)
        #expect(json["total"]?.number == 23)
        #expect(json["last_page"]?.number == 3)
        #expect(json["per_page"]?.number == 10)
        #expect(json["path"]?.text == path)
        #expect(json["first_page_url"]?.text == path + "?page=1")
        #expect(json["last_page_url"]?.text == path + "?page=3")
        #expect(json["next_page_url"]?.text == path + "?page=2")
        #expect(json["prev_page_url"] == .null)
        func link(_ url: String?, _ label: String, _ active: Bool) -> JSONValue {
            .object(["url": url.map { .text($0) } ?? .null, "label": .text(label), "active": .truth(active)])
        }
        #expect(
            json["links"]?.list == [
                link(nil, "&laquo; Previous", false), link(path + "?page=1", "1", true),
                link(path + "?page=2", "2", false), link(path + "?page=3", "3", false),
                link(path + "?page=2", "Next &raquo;", false),
            ])
        let rows = json["data"]?.list ?? []
        #expect(rows.count == 10)
        #expect(rows.allSatisfy { $0.keys.isSuperset(of: Self.originalKeys) })
        #expect(rows.first?["parameters"]?.text == "filler 22")
        #expect(rows.first?["process_status"]?.number == 1)
        #expect(rows.first?["finished_at"]?.number == 0)
        #expect(rows.first?["killed_by"] == .null)
    }

    @Test(arguments: [
        "/history", "/history?page=0", "/history?page=abc", "/history?page=-3", "/history?page=", "/history?page=1.5",
    ])
    func `an invalid page number means page 1`(_ target: String) throws {
        let json = try Self.site(rows: 12).get(target).json
        #expect(json["current_page"]?.number == 1)
        #expect(json["data"]?.list.count == 10)
    }

    @Test(arguments: ["3", "9223372036854775807", "922337203685477581"])
    func `a page behind the last one is empty, with null for from and to`(_ page: String) throws {
        let json = try Self.site(rows: 12).get("/history?page=\(page)").json
        #expect(json["data"] == .list([]))
        #expect(json["from"] == .null)
        #expect(json["to"] == .null)
        #expect(json["total"]?.number == 12)
        #expect(json["last_page"]?.number == 2)
        #expect(json["next_page_url"] == .null)
    }

    @Test func `an empty history has one empty page`() throws {
        let json = try TestSite().get("/history").json
        #expect(json["data"] == .list([]))
        #expect(json["total"]?.number == 0)
        #expect(json["last_page"]?.number == 1)
        #expect(json["links"]?.list.count == 3)
    }

    @Test func `the links repeat the filters`() throws {
        let site = try Self.site(rows: 25)
        let json = try site.get("/history?command=filler%202&user=ann%40lab&status=1&page=1&evil=x").json
        #expect(json["total"]?.number == 6)
        #expect(
            json["first_page_url"]?.text
                == "http://ops.lab/remotisan/history?command=filler%202&status=1&user=ann%40lab&page=1")
        for link in json["links"]?.list ?? [] {
            guard let url = link["url"]?.text else { continue }
            #expect(url.contains("command=filler%202&status=1&user=ann%40lab&page="))
        }
    }

    @Test func `the next link leads to the next page`() throws {
        let site = try Self.site(rows: 23)
        let first = try site.get("/history?command=filler").json
        let next = try #require(first["next_page_url"]?.text)
        let target = try #require(next.split(separator: "/remotisan", maxSplits: 1).last)
        let second = try site.get(String(target)).json
        #expect(second["current_page"]?.number == 2)
        #expect(second["from"]?.number == 11)
        #expect(second["data"]?.list.first?["parameters"]?.text == "filler 12")
    }

    @Test(arguments: [
        "command[]=a", "command%5B%5D=a", "status[x]=1", "user[]=a", "uuid[]=", "date_from[]=2026-01-01", "page[]=1",
        "date_from=yesterday", "started_from=today", "started_before=1.5", "date_to=2026-02-30", "date_from=2026-1-1",
        "date_to=2026-01-01T00:00",
        "date_from=0000-01-01", "date_from=%2B123-01-01", "date_from=2026-%2B1-01", "sort=evil", "direction=up",
        "min_duration=-1", "max_duration=5m", "token=ann", "token=0", "token[]=1", "instance[]=a",
    ])
    func `invalid filters are 422`(_ query: String) throws {
        let response = try TestSite().get("/history?" + query)
        #expect(response.status == .unprocessableContent)
        #expect(try response.message == "The given data was invalid.")
        #expect(try response.json["errors"]?.keys.count == 1)
    }

    @Test func `an unknown sort lists the known ones`() throws {
        let errors = try TestSite().get("/history?sort=evil").json["errors"]?["sort"]?.list.map(\.text)
        #expect(
            errors == ["The sort must be one of executed_at, command, user_identifier, process_status, duration."])
    }

    @Test(arguments: [
        ("status=1", 2), ("status=2", 1), ("status=3", 0), ("status=5", 0), ("status=abc", 0), ("status=1%20OR%201", 0),
        ("user=null", 3), ("user=", 3), ("user=ann%40lab", 2), ("user=ANN%40lab", 0), ("command=", 3),
        ("command=%25", 1),
        ("command=_", 0), ("command=a%2050", 1), ("uuid=", 3), ("uuid=-", 3), ("uuid=%25", 0), ("date_from=", 3),
        ("min_duration=60", 3), ("min_duration=61", 2), ("max_duration=60", 1), ("min_duration=61&max_duration=70", 0),
        ("min_duration=", 3), ("token=none", 3), ("token=any", 0), ("token=7", 0), ("token=", 3), ("instance=", 3),
        ("instance=11111111-2222-3333-4444-555555555555", 0),
    ])
    func `a filter finds the matching executions`(_ query: String, _ expected: Int) throws {
        let site = try TestSite()
        try site.insert(parameters: "50%")
        try site.insert(user: "zoe@lab")
        try site.insert(parameters: "x", settled: .sample())
        #expect(try site.get("/history?" + query).json["total"]?.number == Double(expected))
    }

    @Test func `dates are days in the server's time zone, first and last included`() throws {
        let zone = try #require(TimeZone(identifier: "America/New_York"))
        // That day has 23 hours, because the clocks went forward.
        let query = try HistoryFilters(try Query("date_from=2026-03-08&date_to=2026-03-08"), timeZone: zone).query()
        let start: Int64 = 1_772_946_000
        #expect(query.from == start)
        #expect(query.until == start + 23 * 3600)
    }

    @Test func `times in Unix seconds narrow the days`() throws {
        let query = try HistoryFilters(try Query("started_from=100&started_before=200")).query()
        #expect(query.from == 100)
        #expect(query.until == 200)
        let both = try HistoryFilters(try Query("date_from=2026-03-08&started_from=100")).query()
        #expect(try #require(both.from) > 100)
    }

    @Test func `each row says whether the person may kill it and run its command`() throws {
        let site = try TestSite()
        try site.insert(user: "ann@lab", command: "only:b", executedAt: 1)
        try site.insert(user: "zoe@lab", command: "only:a", executedAt: 2)
        try site.insert(user: "ann@lab", command: "only:a", executedAt: 3, settled: .sample())
        let rows = try site.get("/history").json["data"]?.list ?? []
        #expect(rows.map { $0["can_kill"] } == [.truth(false), .truth(false), .truth(true)])
        #expect(rows.map { $0["can_run"] } == [.truth(true), .truth(true), .truth(false)])
    }

    @Test func `with should_scope even a super user sees only their own executions`() throws {
        let site = try TestSite(Configuration.sampleText + "history: { should_scope: true }\n")
        try site.insert(user: "ann@lab")
        try site.insert(user: "root@lab")
        for user in ["ann@lab", "root@lab"] {
            let rows = try site.get("/history", as: user).json["data"]?.list ?? []
            #expect(rows.map { $0["user_identifier"]?.text } == [user])
            #expect(try site.get("/filters", as: user).text == #"{"users":["\#(user)"]}"#)
        }
        #expect(try site.get("/history?user=ann%40lab", as: "root@lab").json["total"]?.number == 0)
    }

    @Test func `max_records limits the number of listed executions`() throws {
        let site = try TestSite(Configuration.sampleText + "history: { max_records: 12 }\n")
        for number in 0..<20 { try site.insert(parameters: "\(number)", executedAt: Int64(number)) }
        let json = try site.get("/history?page=2").json
        #expect(json["total"]?.number == 12)
        #expect(json["data"]?.list.map { $0["parameters"]?.text } == ["9", "8"])
        #expect(try site.get("/history?command=3").json["total"]?.number == 1, "13 is among the newest, 3 is not.")
    }
}

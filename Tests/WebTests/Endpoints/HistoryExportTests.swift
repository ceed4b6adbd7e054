import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct HistoryExportTests {
    @Test func `a CSV file has a header line and a line for each execution`() throws {
        let site = try TestSite()
        try site.insert(parameters: "one", executedAt: 1_790_000_000)
        try site.insert(parameters: "two", executedAt: 1_790_000_001, settled: .sample(exitCode: 3))
        let response = site.get("/history/export?format=csv")
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/csv; charset=utf-8; header=present")
        let disposition = try #require(response.headers[.contentDisposition])
        #expect(disposition.wholeMatch(of: #/attachment; filename="history-[0-9]{4}-[0-9]{2}-[0-9]{2}\.csv"/#) != nil)
        let text = try response.text
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.count == 4 && lines[3].isEmpty, "\(text)")
        let names = lines[0].split(separator: ",").map(String.init)
        let row = try #require(try site.get("/history").json["data"]?.list.first)
        #expect(Set(names) == row.keys)
        let cells = lines[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let values = Dictionary(uniqueKeysWithValues: zip(names, cells))
        #expect(values["parameters"] == "two")
        #expect(values["exit_code"] == "3")
        #expect(values["killed_by"] == "")
        #expect(values["lost"] == "false")
    }

    @Test(arguments: [
        ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\r\nb", "\"a\r\nb\""), ("=1+1", "'=1+1"),
        ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
        ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""), ("a=1", "a=1"), ("", ""),
        ("'x", "'x"), (" =1", " =1"), ("é\u{301}", "é\u{301}"),
    ])
    func `a cell is quoted, and a formula is made harmless`(_ value: String, _ cell: String) {
        var line = CSVLine(after: Array("before\r\n".utf8))
        line.add("number", -1)
        line.add("text", value)
        line.add("none", nil as String?)
        line.add("truth", true)
        #expect(Array(line.text()) == Array("before\r\n-1,\(cell),,true\r\n".utf8))
    }

    @Test func `the lines of a JSON Lines file are the rows of all pages`() throws {
        let site = try TestSite()
        for number in 0..<1203 {
            try site.insert(
                user: number.isMultiple(of: 2) ? "ann@lab" : "bob@lab",
                command: ["only:a", "only:b"][number % 3 == 0 ? 1 : 0], parameters: "filler \(number) \"x\"",
                executedAt: 1_790_000_000 + Int64(number / 3))
        }
        for (user, filters) in [
            ("ann@lab", "sort=executed_at"), ("root@lab", "command=filler&sort=command&direction=asc"),
            ("bob@lab", "user=ann%40lab&status=1"), ("ann@lab", "uuid=-4&sort=duration"),
        ] {
            let response = site.get("/history/export?format=jsonl&page=7&\(filters)", as: user)
            #expect(response.headers[.contentType] == "application/jsonl; charset=utf-8")
            let lines = try response.text.split(separator: "\n").map {
                try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
            }
            var rows: [JSONValue] = []
            var page = 1
            while true {
                let more = try site.get("/history?page=\(page)&\(filters)", as: user).json["data"]?.list ?? []
                if more.isEmpty { break }
                rows += more
                page += 1
            }
            #expect(rows.count > 100 && lines == rows, "\(user) \(filters)")
        }
    }

    @Test func `the answer is made in parts`() throws {
        let site = try TestSite()
        for _ in 0..<1100 { try site.insert() }
        let response = site.get("/history/export")
        guard case .parts(let next) = response.body else {
            Issue.record("The whole file is in memory.")
            return
        }
        #expect(response.body.count == nil)
        let parts = Array(sequence(state: ()) { _ in try? next() })
        #expect(parts.map { part in part.count { $0 == UInt8(ascii: "\n") } } == [501, 500, 100])
    }

    @Test func `invalid fields are 422, and an empty history is a file without rows`() throws {
        let site = try TestSite()
        for query in ["format=xml", "format[]=csv", "sort=evil", "direction=up", "date_from=x"] {
            #expect(site.get("/history/export?" + query).status == .unprocessableContent, "\(query)")
        }
        #expect(try site.get("/history/export?format=jsonl").text.isEmpty)
        #expect(try site.get("/history/export?status=9").text.hasPrefix("id,job_uuid,server_uuid,"))
        #expect(site.get("/history/export", method: "HEAD").status == .ok)
    }

    @Test func `an export is in the audit`() throws {
        let site = try TestSite()
        _ = site.get("/history/export?format=jsonl&command=x%20y&sort=duration")
        _ = site.get("/history/export", method: "HEAD")
        let entries = try site.store.auditEntries(of: site.storage.serverUUID, after: 0, limit: 9)
        let entry = try #require(entries.first { $0.event == "history_exported" })
        #expect(entries.count { $0.event == "history_exported" } == 1)
        #expect(entry.user == "ann@lab")
        #expect(entry.details == #"{"filters":["command=x y","sort=duration"],"format":"jsonl"}"#)
    }
}

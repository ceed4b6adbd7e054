import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct MetricsEndpointTests {
    @Test func `executions are counted by command and status`() throws {
        let site = try TestSite()
        try site.insert()
        try site.insert()
        try site.insert(settled: .sample())
        try site.insert(command: "a\"b\\c\nd\u{301}\"\u{301}")
        let response = site.get("/metrics", as: "root@lab")
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        let lines = Set(try response.text.unicodeScalars.split(separator: "\n").map { String($0) })
        #expect(lines.contains(#"remotisan_executions{command="only:a",status="running"} 2"#))
        #expect(lines.contains(#"remotisan_executions{command="only:a",status="completed"} 1"#))
        #expect(
            lines.contains("remotisan_executions{command=\"a\\\"b\\\\c\\nd\u{301}\\\"\u{301}\",status=\"running\"} 1"))
    }
}

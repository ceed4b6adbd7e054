import TestSupport
import Testing

@testable import Web

struct CGIVariablesTests {
    @Test func `the first value of a name counts, and a different one is a conflict`() {
        let variables = CGIVariables([("A", "1"), ("A", "1"), ("B", "1"), ("B", "2"), ("B", "1")])
        #expect(variables["A"] == "1")
        #expect(!variables.isConflicting("A"))
        #expect(variables["B"] == "1")
        #expect(variables.isConflicting("B"))
        #expect(!variables.isConflicting("C"))
    }

    @Test func `a header field is found by its name`() {
        let variables = CGIVariables([
            ("HTTP_IF_RANGES", "1"), ("HTTP_IFXRANGE", "2"), ("HTTP_if_range", "3"), ("IF_RANGE", "4"),
            ("HTTP_IF_RANGE", "5"),
            ("HTTP_X_CSRF_TOKEN", "6"),
        ])
        #expect(variables[.ifRange] == "5")
        #expect(variables[.csrfToken] == "6")
        #expect(variables[.range] == nil)
    }
}

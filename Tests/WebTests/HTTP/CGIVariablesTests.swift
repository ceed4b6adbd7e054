import TestSupport
import Testing

@testable import Web

struct CGIVariablesTests {
    @Test func `the first of several with one name counts, and a different one is remembered`() {
        let variables = CGIVariables([("A", "1"), ("A", "1"), ("B", "1"), ("B", "2"), ("B", "1")])
        #expect(variables["A"] == "1")
        #expect(!variables.isConflicting("A"))
        #expect(variables["B"] == "1")
        #expect(variables.isConflicting("B"))
        #expect(!variables.isConflicting("C"))
    }
}

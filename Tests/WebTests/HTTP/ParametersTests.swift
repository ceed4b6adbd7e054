import TestSupport
import Testing

@testable import Web

struct ParametersTests {
    @Test func `the first of several with one name counts, and a different one is remembered`() {
        let parameters = Parameters([("A", "1"), ("A", "1"), ("B", "1"), ("B", "2"), ("B", "1")])
        #expect(parameters["A"] == "1")
        #expect(!parameters.isConflicting("A"))
        #expect(parameters["B"] == "1")
        #expect(parameters.isConflicting("B"))
        #expect(!parameters.isConflicting("C"))
    }
}

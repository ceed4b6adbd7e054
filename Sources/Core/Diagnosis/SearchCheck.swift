/// Checks that searches of the history have an index.
package struct SearchCheck: Sendable {
    private let state: SearchState
    /// Executions of which the index may lack so many because a broker adds them together.
    private static let usual = 10 * FillSearchIndex.begin

    package init(_ state: SearchState) {
        self.state = state
    }

    package var findings: [Finding] {
        switch state {
        case .indexed(let missing) where missing <= Self.usual: [.ok("search", "texts and UUIDs have an index.")]
        case .indexed(let missing):
            [
                .warning(
                    "search",
                    "\(missing) executions are not in the index of texts and UUIDs, so that searches are slow. A broker on "
                        + "watch adds them, a few thousand each second.")
            ]
        case .unindexed(let reason):
            [.warning("search", "searches for texts and parts of UUIDs read the whole history. \(reason).")]
        }
    }
}

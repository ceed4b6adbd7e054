import Synchronization

/// Memory for bodies that arrive slowly. A body that has arrived as a whole needs none of it.
final class BodyReserve: Sendable {
    private let used = Atomic(0)
    private let limit: Int

    /// - Parameter limit: Bytes of all such bodies together.
    init(limit: Int = 64 * 1024 * 1024) {
        self.limit = limit
    }

    /// Takes a part. Returns false if there is not enough left.
    func reserve(_ bytes: Int) -> Bool {
        guard used.add(bytes, ordering: .relaxed).newValue > limit else { return true }
        release(bytes)
        return false
    }

    /// Gives a part back.
    func release(_ bytes: Int) {
        if bytes > 0 { used.subtract(bytes, ordering: .relaxed) }
    }
}

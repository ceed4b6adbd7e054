import Foundation
import Synchronization

/// Runs blocking calls at the same time.
enum Threads {
    /// Calls `body` for each element, on several threads, and returns when all calls have returned.
    ///
    /// - Parameter limit: Maximum number of calls at the same time. A single element is handled by the calling thread.
    static func forEach<Element: Sendable>(
        _ elements: [Element], atOnce limit: Int, _ body: @escaping @Sendable (Element) -> Void
    ) {
        guard elements.count > 1 else { return elements.forEach(body) }
        let next = Mutex(0)
        let finished = DispatchGroup()
        for _ in 0..<min(limit, elements.count) {
            finished.enter()
            Thread.detachNewThread {
                while true {
                    let index = next.withLock { next in
                        defer { next += 1 }
                        return next
                    }
                    guard index < elements.count else { break }
                    body(elements[index])
                }
                finished.leave()
            }
        }
        finished.wait()
    }
}

import Foundation
import Synchronization

/// Runs blocking calls at the same time.
enum Threads {
    /// Calls `body` for each element, on several threads, and returns when all calls have returned.
    ///
    /// The calling thread takes part. So the calls are made even if the system has no further thread.
    ///
    /// - Parameter limit: Maximum number of calls at the same time.
    static func forEach<Element: Sendable>(
        _ elements: [Element], atOnce limit: Int, _ body: @escaping @Sendable (Element) -> Void
    ) {
        guard elements.count > 1 else { return elements.forEach(body) }
        let work = Work(elements, body)
        for _ in 1..<max(2, min(limit, elements.count)) { Thread.detachNewThread { work.run() } }
        work.run()
        work.wait()
    }

    private final class Work<Element: Sendable>: Sendable {
        private let elements: [Element]
        private let body: @Sendable (Element) -> Void
        private let next = Mutex(0)
        private let left: Mutex<Int>
        private let finished = DispatchSemaphore(value: 0)

        init(_ elements: [Element], _ body: @escaping @Sendable (Element) -> Void) {
            self.elements = elements
            self.body = body
            left = Mutex(elements.count)
        }

        func run() {
            while true {
                let index = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard index < elements.count else { return }
                body(elements[index])
                let isLast = left.withLock { left in
                    left -= 1
                    return left == 0
                }
                if isLast { finished.signal() }
            }
        }

        func wait() {
            finished.wait()
        }
    }
}

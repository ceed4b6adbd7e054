import Foundation
import Glibc
import Synchronization

/// Threads for blocking calls.
///
/// Foundation's `Thread` does not say that a thread could not be started, and then its body never runs.
package enum Threads {
    /// Runs `body` on a new thread, pthread_create(3).
    ///
    /// - Throws: EAGAIN if there is no memory for another thread, or a limit for processes is reached.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var attributes = pthread_attr_t()
        var code = pthread_attr_init(&attributes)
        guard code == 0 else { throw SystemError("pthread_attr_init", "a thread", code: code) }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        code = pthread_create(&thread, &attributes, runBody, work.toOpaque())
        guard code != 0 else { return }
        work.release()
        throw SystemError("pthread_create", "a thread", code: code)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private static let runBody: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { work in
        if let work { Unmanaged<Body>.fromOpaque(work).takeRetainedValue().run() }
        return nil
    }

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
        for _ in 1..<max(2, min(limit, elements.count)) {
            guard (try? start { work.run() }) != nil else { break }
        }
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

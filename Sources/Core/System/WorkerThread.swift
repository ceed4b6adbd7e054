import CSystem
import Glibc

/// Starts threads that are waited for; pthread_create(3).
///
/// Foundation's `Thread` does not say whether the system has another thread.
package enum WorkerThread {
    /// A thread that was started.
    package struct Handle {
        fileprivate let thread: pthread_t

        /// Waits for the end of the thread. Call it once.
        package func join() {
            pthread_join(thread, nil)
        }
    }

    private final class Work {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: At most 15 bytes; pthread_setname_np(3).
    ///   - body: The work of the thread.
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) -> Handle {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(name, body))
        let code = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                let work = Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
                system_name_thread(work.name)
                work.body()
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw SystemError("pthread_create", name, code: code)
        }
        return Handle(thread: thread)
    }
}

import Glibc
import Synchronization

/// One object per thread, found without a lock (pthread_getspecific(3)).
///
/// The objects live as long as this value, so it is meant for threads that live as long.
final class ThreadLocal<Value: AnyObject & Sendable>: Sendable {
    private let key: pthread_key_t
    private let all = Mutex<[Value]>([])

    /// Creates the storage; nil if the process has no key left (PTHREAD_KEYS_MAX).
    init?() {
        var key = pthread_key_t()
        guard pthread_key_create(&key, nil) == 0 else { return nil }
        self.key = key
    }

    deinit {
        pthread_key_delete(key)
    }

    /// The object of the calling thread. It is created if the thread has none.
    func value(_ make: () throws -> Value) rethrows -> Value {
        if let pointer = pthread_getspecific(key) { return Unmanaged<Value>.fromOpaque(pointer).takeUnretainedValue() }
        let value = try make()
        all.withLock { $0.append(value) }
        pthread_setspecific(key, Unmanaged.passUnretained(value).toOpaque())
        return value
    }
}

import Glibc

/// An array of C strings that ends with NULL. It owns the strings.
final class CStrings {
    let pointers: [UnsafePointer<CChar>?]

    /// Copies texts. Nil becomes NULL.
    init(_ texts: [String?]) {
        pointers = texts.map { $0.flatMap { strdup($0) }.map { UnsafePointer($0) } } + [nil]
    }

    deinit {
        for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) }
    }
}

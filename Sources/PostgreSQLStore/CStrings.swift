import Glibc

/// A list of C strings that ends with NULL, freed with it.
final class CStrings {
    let pointers: [UnsafePointer<CChar>?]

    /// Copies texts; nil becomes NULL.
    init(_ texts: [String?]) {
        pointers = texts.map { $0.flatMap { strdup($0) }.map { UnsafePointer($0) } } + [nil]
    }

    deinit {
        for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) }
    }
}

import Synchronization

/// The page's files, read and joined when they are first needed: a CGI program that answers a poll needs none of them.
final class PageSource: Sendable {
    private let directory: String?
    private let cached = Mutex<PageAssets?>(nil)

    /// - Parameter directory: Where the files are; nil for the built-in ones.
    init(directory: String?) {
        self.directory = directory
    }

    /// The files.
    ///
    /// - Throws: ``PageError``.
    func assets() throws -> PageAssets {
        try cached.withLock { cached in
            if let cached { return cached }
            let assets = try PageAssets(directory: directory)
            cached = assets
            return assets
        }
    }
}

import Synchronization

/// The page's files, read and joined when they are first needed: a CGI program that answers a poll needs none of them.
final class PageSource: Sendable {
    private let directory: String?
    private let isForOneRequest: Bool
    private let cached = Mutex<PageAssets?>(nil)

    /// - Parameters:
    ///   - directory: Where the files are; nil for the built-in ones.
    ///   - isForOneRequest: Whether this process answers one request (CGI).
    init(directory: String?, isForOneRequest: Bool) {
        self.directory = directory
        self.isForOneRequest = isForOneRequest
    }

    /// The files.
    ///
    /// - Throws: ``PageError``.
    func assets() throws -> PageAssets {
        try cached.withLock { cached in
            if let cached { return cached }
            let assets = try PageAssets(directory: directory, isCompressed: !isForOneRequest)
            cached = assets
            return assets
        }
    }
}

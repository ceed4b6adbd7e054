import Synchronization

/// The page's files, put together when they are first asked for: a CGI program that answers a poll needs none.
final class PageSource: Sendable {
    private let directory: String?
    private let made = Mutex<PageAssets?>(nil)

    /// The files of a directory, or our own.
    init(directory: String?) {
        self.directory = directory
    }

    /// The files.
    ///
    /// - Throws: `PageAssetsError`.
    func assets() throws -> PageAssets {
        try made.withLock { made in
            if let made { return made }
            let assets = try PageAssets(directory: directory)
            made = assets
            return assets
        }
    }
}

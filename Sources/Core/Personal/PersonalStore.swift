/// Stores what people keep for themselves: favourite commands, and presets of parameters.
///
/// The audit records changes of shared presets, because others run what is in them. Favourites and own presets concern
/// nobody else.
package protocol PersonalStore: Sendable {
    /// The favourite commands of a user, oldest first.
    func favourites(of user: String) throws(StoreError) -> [String]

    /// Adds a favourite. Nothing changes if the command is one already.
    ///
    /// - Parameters:
    ///   - now: Unix seconds.
    ///   - limit: Maximum number of favourites of the user.
    /// - Returns: Whether the command is a favourite now. It is not if the user has reached the limit.
    func addFavourite(_ command: String, of user: String, at now: Int64, limit: Int) throws(StoreError) -> Bool

    /// Removes a favourite, if it is one.
    func removeFavourite(_ command: String, of user: String) throws(StoreError)

    /// The presets of a user, and all shared ones, by command and name.
    func presets(for user: String) throws(StoreError) -> [Preset]

    /// The preset with a number; nil if there is none.
    func preset(_ id: Int64) throws(StoreError) -> Preset?

    /// Stores a preset, and replaces the one of the same user, command and name. Its number is ignored.
    ///
    /// - Parameter limit: Maximum number of presets of the user.
    /// - Returns: Its number; nil if the user has reached the limit.
    func save(_ preset: Preset, limit: Int, by actor: AuditActor) throws(StoreError) -> Int64?

    /// Removes a preset.
    ///
    /// - Returns: Whether there was one with this number.
    func removePreset(_ id: Int64, by actor: AuditActor) throws(StoreError) -> Bool
}

/// Parameters of a command under a name.
package struct Preset: Sendable, Equatable {
    /// Its number.
    package var id: Int64
    /// The user who saved it.
    package let user: String
    /// Whether it is offered to everybody who may run the command.
    package let isShared: Bool
    package let command: String
    package let name: String
    /// The parameters as one line, in shell words. It never has secrets or files.
    package let params: String
    /// When it was saved, in Unix seconds.
    package let savedAt: Int64

    package init(
        id: Int64 = 0, user: String, isShared: Bool, command: String, name: String, params: String, savedAt: Int64
    ) {
        self.id = id
        self.user = user
        self.isShared = isShared
        self.command = command
        self.name = name
        self.params = params
        self.savedAt = savedAt
    }
}

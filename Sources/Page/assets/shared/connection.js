/// The state of the connection to the server: "online", "lost" or "expired" (the login has expired).
export const connection = {
  state: "online",
  subscribers: new Set(),

  markOnline: () => changeConnection("online"),
  markLost: () => changeConnection("lost"),
  markExpired: () => changeConnection("expired"),

  /// Calls `callback` with every new state and the previous one. Returns a function that unsubscribes it.
  subscribe(callback) {
    connection.subscribers.add(callback);
    return () => connection.subscribers.delete(callback);
  },
};

function changeConnection(state) {
  if (connection.state === state) return;
  const previous = connection.state;
  connection.state = state;
  for (const callback of connection.subscribers) callback(state, previous);
}

/// How we stand with the server: "ok", "lost" or "expired". Whoever wants to know listens.
export const connection = {
  state: "ok",
  since: 0,
  listeners: new Set(),

  lost: () => changeConnection("lost"),
  expired: () => changeConnection("expired"),
  back: () => changeConnection("ok"),

  /// Calls `listener` with every new state; returns the function that ends it.
  listen(listener) {
    connection.listeners.add(listener);
    return () => connection.listeners.delete(listener);
  },
};

function changeConnection(state) {
  if (connection.state === state) return;
  connection.state = state;
  connection.since = Date.now();
  for (const listener of connection.listeners) listener(state);
}

// The server's clock minus the browser's, in milliseconds, lies between these two.
let earliest = -Infinity;
let latest = Infinity;

/// Learns the server's clock from the Date field of an answer. The field has whole seconds, so each answer tells the
/// difference only roughly, and all together tell it well.
export function adjustClock(date, sentAt, receivedAt) {
  const time = Date.parse(date ?? "");
  if (Number.isNaN(time)) return;
  const [from, to] = [time - receivedAt, time + 1000 - sentAt];
  const isConsistent = from <= latest && to >= earliest;
  earliest = isConsistent ? Math.max(earliest, from) : from;
  latest = isConsistent ? Math.min(latest, to) : to;
}

/// The server's time in Unix seconds. The browser's clock may be wrong.
export function serverNow() {
  const isKnown = Number.isFinite(earliest);
  // A difference that may be nothing is taken for nothing.
  const offset = !isKnown || (earliest <= 0 && latest >= 0) ? 0 : (earliest + latest) / 2;
  return (Date.now() + offset) / 1000;
}

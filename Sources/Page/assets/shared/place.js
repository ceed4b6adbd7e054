import { keepForTab, loadForTab } from "./preferences.js";

// Milliseconds for which a place is kept while the user logs in.
const lifetime = 900_000;

/// Keeps the address of the view, because a login at another site forgets it.
export function keepPlace() {
  if (location.hash) keepForTab("place", { hash: location.hash, at: Date.now() });
}

/// Returns to the kept address if the page was opened without one. Called once, when the page starts.
export function returnToPlace() {
  const place = loadForTab("place");
  keepForTab("place", null);
  if (place && !location.hash && Date.now() - place.at < lifetime) location.replace(place.hash);
}

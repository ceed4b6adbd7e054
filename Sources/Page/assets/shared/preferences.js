/// A preference of this browser, or null.
export function loadPreference(name) {
  try {
    return localStorage.getItem(`remotisan.${name}`);
  } catch {
    return null;
  }
}

export function savePreference(name, value) {
  try {
    localStorage.setItem(`remotisan.${name}`, value);
  } catch {
    // A browser may forbid storage. Then the preference holds until the page is left.
  }
}

/// What this tab keeps under a name until it is closed, as JSON. Null if it keeps nothing.
export function loadForTab(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`remotisan.${name}`));
  } catch {
    return null;
  }
}

/// Keeps a value for this tab. Null forgets it.
export function keepForTab(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(`remotisan.${name}`);
    else sessionStorage.setItem(`remotisan.${name}`, JSON.stringify(value));
  } catch {
    // Nothing is kept if the browser forbids storage or its space is used up.
  }
}

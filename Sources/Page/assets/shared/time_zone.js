import { loadPreference, savePreference } from "./preferences.js";
import { t } from "./text.js";

/// The zones in which times can be shown: the browser's, and UTC.
export const timeZones = ["local", "utc"];

let zone = loadPreference("zone") === "utc" ? "utc" : "local";
const subscribers = new Set();

export function timeZone() {
  return zone;
}

export function setTimeZone(wanted) {
  zone = wanted;
  savePreference("zone", wanted);
  for (const callback of subscribers) callback();
}

/// Calls `callback` when another zone was chosen. Returns a function that unsubscribes it.
export function onTimeZoneChange(callback) {
  subscribers.add(callback);
  return () => subscribers.delete(callback);
}

/// The name of the zone, such as "Europe/Berlin".
export function timeZoneName() {
  return zone === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone || t("settings.localTime");
}

/// The `timeZone` of Intl's options. Undefined means the browser's.
export function intlTimeZone() {
  return zone === "utc" ? "UTC" : undefined;
}

/// The Unix seconds at which a day such as "2026-12-31" begins, or the day `later` days after it. Null for another
/// text.
export function startOfDay(text, later = 0) {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? "");
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]) - 1, Number(match[3])];
  const utc = new Date(Date.UTC(year, month, day));
  if (utc.getUTCMonth() !== month || utc.getUTCDate() !== day) return null;
  const start = zone === "utc" ? Date.UTC(year, month, day + later) : new Date(year, month, day + later).getTime();
  return Math.floor(start / 1000);
}

/// Hours, minutes, seconds and milliseconds of a time in Unix milliseconds.
export function clockOf(time) {
  const date = new Date(time);
  return zone === "utc"
    ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), date.getUTCMilliseconds()]
    : [date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds()];
}

/// Year, month and day of a time in Unix seconds.
export function dateOf(seconds) {
  const date = new Date(seconds * 1000);
  return zone === "utc" ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    : [date.getFullYear(), date.getMonth() + 1, date.getDate()];
}

import { formatNumber, locale, t } from "./text.js";
import { intlTimeZone } from "./time_zone.js";

/// "0.4 s", "12 s", "3 min 5 s", "2 h 10 min", "3 d 4 h", or "" for an unknown duration.
export function formatDuration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "";
  const s = Math.max(0, seconds);
  if (s < 10 && s !== Math.floor(s)) return `${formatNumber(s, 1)} s`;
  const whole = Math.floor(s);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joinUnits(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < 86400) return joinUnits(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
  return joinUnits(Math.floor(whole / 86400), "d", Math.floor((whole % 86400) / 3600), "h");
}

function joinUnits(big, bigUnit, small, smallUnit) {
  return small ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`;
}

/// "312 B", "4.2 KiB", "1.0 GiB", or "" for an unknown size.
export function formatBytes(bytes) {
  if (bytes === null || bytes === undefined) return "";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatNumber(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/// "just now", "30 s ago", "2 d ago", or the date after 30 days. Show the exact time as a tooltip beside it.
export function relativeTime(then, now) {
  const s = Math.max(0, Math.floor(now - then));
  if (s < 5) return t("time.now");
  if (s < 60) return t("time.ago", { time: `${s} s` });
  if (s < 3600) return t("time.ago", { time: `${Math.floor(s / 60)} min` });
  if (s < 86400) return t("time.ago", { time: `${Math.floor(s / 3600)} h` });
  if (s < 30 * 86400) return t("time.ago", { time: `${Math.floor(s / 86400)} d` });
  return new Date(then * 1000).toLocaleDateString(locale, {
    year: "numeric", month: "short", day: "numeric", timeZone: intlTimeZone(),
  });
}

/// Date and time in the user's time zone, with the name of the zone.
export function exactTime(seconds) {
  return new Date(seconds * 1000).toLocaleString(locale, {
    year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    timeZoneName: "short", timeZone: intlTimeZone(),
  });
}

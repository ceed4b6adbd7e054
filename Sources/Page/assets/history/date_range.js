/// The periods that the history offers, as `[name, first day, last day]`; the days count from today, 0.
const periods = [["today", 0, 0], ["yesterday", -1, -1], ["week", -6, 0]];

/// A day such as "2026-12-31", so many days after the one of a clock in the viewer's zone.
export function dayAfter([year, month, day], days) {
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return date.toISOString().slice(0, 10);
}

/// The days of a period: `{ date_from, date_to }`. Any other name means no days.
export function daysOf(name, today) {
  const period = periods.find(([known]) => known === name);
  if (!period) return { date_from: "", date_to: "" };
  return { date_from: dayAfter(today, period[1]), date_to: dayAfter(today, period[2]) };
}

/// The name of the period with these days: "" for none, and "custom" for days of no period.
export function periodOf({ date_from: from = "", date_to: to = "" }, today) {
  if (!from && !to) return "";
  const found = periods.find(([, first, last]) => dayAfter(today, first) === from && dayAfter(today, last) === to);
  return found?.[0] ?? "custom";
}

// What was done when, as markdown for the ticket.

import { ticksOf } from "./incident.js";

/** @typedef {import("./incident.js").Incident} Incident */

/**
 * @param {Incident} incident
 * @param {string} zone of the local times, such as `Europe/Berlin`
 */
export function timeline(incident, zone) {
  const times = timesIn(zone);
  const lines = ticksOf(incident).map(({ at, by, sheet, section, text }) => {
    const where = [sheet, section].filter(Boolean).join(", ");
    return `- ${times(at)} · ${by ? `${plain(by)} · ` : ""}${plain(where)} · ${plain(text)}`;
  });
  return [
    `## Timeline: ${plain(incident.name)}`,
    "",
    `Times are UTC, with local time (${zone}) in parentheses. Each line is an item of the plan and when it was ticked.`,
    "",
    `- ${times(incident.started)} · Started working through the plan`,
    ...lines,
    "",
  ].join("\n");
}

/** How times are written in a zone: `2026-11-25 16:53 UTC (17:53 +01:00)`. @param {string} zone */
function timesIn(zone) {
  // Swedish for its order: year, month, day.
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", timeZoneName: "longOffset",
  });
  return (/** @type {string} */ at) => {
    const parts = Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
    const day = `${parts.year}-${parts.month}-${parts.day}`;
    const clock = `${parts.hour}:${parts.minute} ${parts.timeZoneName.replace("GMT", "").replace("−", "-") || "+00:00"}`;
    const local = day === at.slice(0, 10) ? clock : `${day} ${clock}`;
    return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC (${local})`;
  };
}

/**
 * Words that markdown leaves as they are. A mention is written as code: a ticket would call whoever has
 * that name there.
 * @param {string} text
 */
function plain(text) {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]<>|]/g, "\\$&")
    .replace(/(^|[\s(])(@[\w./-]*\w)/g, (_, before, mention) => `${before}\`${mention.replaceAll("\\", "")}\``);
}

const points = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const signed = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: "exceptZero",
});
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

export const formatPoints = (value: number) => points.format(value);
export const formatSigned = (value: number) => signed.format(value);

/** A calendar day of the workspace (`2026-11-22`), which no zone of the browser may move. */
export const formatDay = (isoDay: string) => day.format(new Date(`${isoDay}T00:00Z`));

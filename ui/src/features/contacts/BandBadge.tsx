import { Badge } from "@mantine/core";

const COLORS: Record<string, string> = { "sales-ready": "teal", hot: "orange", warm: "yellow", cold: "gray" };

/** The band a score lies in, in the marketer's word. */
export function BandBadge({ band }: { band: string }) {
  if (band === "") return null;
  return (
    <Badge variant="light" color={COLORS[band] ?? "glass"} c="var(--mantine-color-text)" tt="none" fw={600}>
      {capitalised(band.replaceAll("_", " "))}
    </Badge>
  );
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { health, type Health } from "./health";
import classes from "./HealthLine.module.css";

const LATE_SECONDS = 60;

/** One line that says whether scores are up to date. */
export function HealthLine() {
  const { data, isError } = useQuery(health);
  const isWell = data?.ready === true && !isError;
  return (
    <Group gap={8} wrap="nowrap" role="status">
      <span
        className={classes.light}
        data-well={isWell || undefined}
        data-waiting={data === undefined || undefined}
      />
      <Text size="sm" c="dimmed">
        {isError ? "The server does not answer" : data === undefined ? "Asking the server …" : wordsFor(data)}
      </Text>
    </Group>
  );
}

function wordsFor({ ready, intake_waiting: waiting, outbox_lag_seconds: lag }: Health) {
  if (!ready) return "Getting ready …";
  if (waiting) return `${waiting} events to process`;
  if (lag && lag > LATE_SECONDS) return `Messages are ${Math.round(lag)} s late`;
  return "Scores are up to date";
}

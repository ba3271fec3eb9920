import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { health } from "./health";
import classes from "./HealthLine.module.css";

/** One line that says whether scores are up to date. */
export function HealthLine() {
  const { data, isError } = useQuery(health);
  const isWell = data?.ready === true && !isError;
  return (
    <Group gap={8} wrap="nowrap" role="status">
      <span className={classes.light} data-well={isWell || undefined} data-waiting={data === undefined || undefined} />
      <Text size="sm" c="dimmed">
        {isError ? "The server does not answer" : data === undefined ? "Asking the server …" : wordsFor(data)}
      </Text>
    </Group>
  );
}

function wordsFor({ ready, intake, outbox }: { ready: boolean; intake: { waiting: number }; outbox: { waiting: number } }) {
  if (!ready) return "Getting ready …";
  const waiting = [
    intake.waiting > 0 && `${intake.waiting} events to process`,
    outbox.waiting > 0 && `${outbox.waiting} messages to send`,
  ].filter(Boolean);
  return waiting.length > 0 ? waiting.join(", ") : "Scores are up to date";
}

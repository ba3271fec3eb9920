import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";

const SUN =
  "M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6l1.5 1.5m9.8 9.8 1.5 1.5m0-12.8-1.5 1.5m-9.8 9.8-1.5 1.5M8 12a4 4 0 1 0 8 0 4 4 0 1 0-8 0";
const MOON = "M12 3a6.5 6.5 0 0 0 9 9 9 9 0 1 1-9-9";

export function ColorSchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light", { getInitialValueInEffect: false }) === "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={isDark ? "Switch to light colours" : "Switch to dark colours"}
      onClick={() => {
        setColorScheme(isDark ? "light" : "dark");
      }}
    >
      <svg
        viewBox="0 0 24 24"
        width="20"
        height="20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
      >
        <path d={isDark ? SUN : MOON} />
      </svg>
    </ActionIcon>
  );
}

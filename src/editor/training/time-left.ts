/** Seconds; null where nothing tells. */
export function timeLeft(step: number, until: number, stepsPerSecond: number | null): number | null {
  if (stepsPerSecond === null || stepsPerSecond <= 0) return null;
  return Math.max(0, until - step) / stepsPerSecond;
}

/** `0:07`, `12:30`, `3:05:00`; from a hundred hours on in days. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours >= 100) return `${Math.round(hours / 24)} days`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

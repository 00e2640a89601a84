/** Numbers of a run in words, as the top bar and its details show them. */

export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A step at a fixed width, so that it can run without moving: leading zeros apart from the digits that count. */
export function stepDigits(step: number, numSteps: number): { zeros: string; digits: string } {
  const width = Math.max(6, String(Math.round(numSteps)).length);
  const text = String(Math.round(step))
    .padStart(width, "0")
    .replace(/\B(?=(\d{3})+$)/g, ",");
  const zeros = /^[0,]*(?=\d)/.exec(text)?.[0] ?? "";
  return { zeros, digits: text.slice(zeros.length) };
}

/** Three significant digits: more would only flicker. */
export function speed(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toPrecision(3)}M`;
  if (perSecond >= 100) return grouped(Number(perSecond.toPrecision(3)));
  return String(Number(perSecond.toPrecision(2)));
}

export function duration(seconds: number): string {
  if (seconds < 1) return "< 1 s";
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function percent(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}

/** One decimal where there is one: 7.0 of 10, 0.3 of 2.5. */
export function epochs(epoch: number, numEpochs: number): { done: string; all: string } {
  return { done: epoch.toFixed(1), all: String(Number(numEpochs.toFixed(1))) };
}
